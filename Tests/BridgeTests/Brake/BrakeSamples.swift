import JSON
import Loops
import RedisStreams
import StreamGroups

@testable import Bridge

/// A brake with events that go through it, as a stream's consumer has them.
struct BrakeSamples {
    var brake = MappingBrake(isOn: true)
    private(set) var load = 0
    private var number: UInt64 = 0
    /// Dead letters that may be written, and completions that stay pending.
    private(set) var letters = 0
    private(set) var held = 0

    /// A group that has done with the mapping `m` of this digest for a while.
    static func settled(digest: String = "old", events: Int = 1000, failed: Int = 0) -> BrakeSamples {
        var samples = BrakeSamples()
        samples.use(["m": digest])
        samples.brake.learn([MappingRecord(name: "m", digest: digest, events: events, failed: failed)])
        samples.brake.saw(nil)
        return samples
    }

    mutating func use(_ digests: [String: String]) {
        load += 1
        brake.use(digests.map { MappingBrake.Version(name: $0, digest: $1) }, load: load)
    }

    enum Fate: CaseIterable { case delivered, invalid, refused }

    func plan(_ fate: Fate, partition: Int = 0, mapping: String = "m") -> PlannedEntry {
        let fault = DeliveryFailure(reason: .invalidFields, detail: "", mapping: mapping)
        let call = EncodedRequest(LoopsRequest(operation: .sendEvent, body: [:]), idempotencyKey: nil)
        var entry = PlannedEntry(
            contactQueue: OrderingKey(stream: 0, contact: "c"),
            id: .sample(number),
            partition: partition,
            size: 100,
            steps: fate == .invalid ? [] : [PlannedRequest(call: call, mapping: mapping)],
            faults: fate == .invalid ? [fault] : []
        )
        entry.tenure = 7
        entry.mappingsLoad = load
        return entry
    }

    /// Plans entries in one go, as they are read, then completes them.
    mutating func carry(_ fates: [Fate], partition: Int = 0) {
        let entries = fates.map { (plan($0, partition: partition), $0) }
        for (entry, _) in entries { brake.planned(entry) }
        for (entry, fate) in entries { complete(entry, fate) }
    }

    mutating func complete(_ planned: PlannedEntry, _ fate: Fate) {
        var entry = planned
        if fate == .refused {
            entry.faults = [DeliveryFailure(reason: .refused, detail: "", mapping: entry.steps[0].mapping)]
        }
        if fate != .invalid { entry.advance() }
        number += 1
        if !brake.completed(entry.end) { held += 1 } else if fate != .delivered { letters += 1 }
    }
}
