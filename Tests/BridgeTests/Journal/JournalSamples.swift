import Destination
import JSON
import Loops
import RedisStreams
import Segment

@testable import Bridge

/// Completions with records, as the journal takes them.
enum JournalSamples {
    static let now = ContinuousClock.now
    static let rules = CurrentDestination(.presets).current

    static func record(
        _ json: String,
        id: UInt64 = 1,
        rules: CurrentDestination.Rules = JournalSamples.rules
    ) -> EntryRecord {
        let entry = StreamEntry(id: .sample(id), fields: [StreamField("event", json)])
        return EntryRecord(entry, EntryDecoder().decode(entry).events, rules: rules, readAt: now)
    }

    static func end(
        _ id: UInt64 = 1,
        contact: String = "u",
        kind: EntryCompletion.Kind = .delivered,
        record: EntryRecord? = nil
    ) -> EntryCompletion {
        var end = EntryCompletion(
            stream: 0,
            id: .sample(id),
            partition: 3,
            size: 100,
            kind: kind,
            attempts: 1,
            contact: contact,
            occurredAt: nil
        )
        end.record = record
        return end
    }

    static func call(bodyBytes: Int) -> EncodedRequest {
        var call = EncodedRequest(LoopsRequest(operation: .sendEvent, body: [:]), idempotencyKey: "k")
        call.body = Array(repeating: UInt8(ascii: "x"), count: bodyBytes)
        return call
    }

    static func start(_ number: Int, call: EncodedRequest, record: EntryRecord?) -> ContactQueues.RequestStart {
        ContactQueues.RequestStart(
            key: OrderingKey(stream: 0, contact: "u"),
            step: PlannedRequest(call: call, mapping: "m\(number)"),
            attempt: 1,
            entry: .sample(1),
            partition: 3,
            tenure: 0,
            isSuspect: false,
            entries: 1,
            number: number,
            permitWait: .milliseconds(5),
            record: record
        )
    }
}
