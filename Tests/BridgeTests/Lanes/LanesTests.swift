import DevKit
import JSON
import Loops
import RedisStreams
import Testing

@testable import Bridge

@Suite("Lanes: one first-in-first-out lane per contact")
struct LanesTests {
    private let start = ContinuousClock.now

    private func started(_ start: Lanes.Start?) throws -> Lanes.Start { try #require(start) }

    @Test("An entry without requests ends at once, as ignored")
    func ignoredEndsAtOnce() {
        var lanes = Lanes()
        let ends = lanes.admit(.sample(1, contact: "a", steps: 0))
        #expect(ends.map(\.kind) == [.ignored])
        #expect(lanes.isEmpty)
    }

    @Test("An ignored entry waits for the earlier entries of its contact: acknowledgements keep their order")
    func ignoredWaitsForItsTurn() throws {
        var lanes = Lanes()
        #expect(lanes.admit(.sample(1, contact: "a")).isEmpty)
        #expect(lanes.admit(.sample(2, contact: "a", steps: 0)).isEmpty)
        let first = try started(lanes.start(now: start))
        let ends = lanes.finish(first.key, .delivered)
        #expect(ends.map(\.id) == [.sample(1), .sample(2)])
        #expect(ends.map(\.kind) == [.delivered, .ignored])
    }

    @Test("One request of a contact is under way at a time; other contacts go on")
    func oneUnderWay() throws {
        var lanes = Lanes()
        _ = lanes.admit(.sample(1, contact: "a"))
        _ = lanes.admit(.sample(2, contact: "a"))
        _ = lanes.admit(.sample(3, contact: "b"))
        #expect(lanes.start(now: start)?.key.contact == "a")
        #expect(lanes.start(now: start)?.key.contact == "b")
        #expect(lanes.start(now: start) == nil)
        #expect(lanes.underWay == 2)
    }

    @Test("A retry holds its own lane until it is due, and no other")
    func retryHoldsItsLane() throws {
        var lanes = Lanes()
        _ = lanes.admit(.sample(1, contact: "a"))
        _ = lanes.admit(.sample(2, contact: "b"))
        let a = try started(lanes.start(now: start))
        #expect(lanes.finish(a.key, .retry(at: start + .seconds(5), counts: true)).isEmpty)
        #expect(lanes.blocked == 1)
        #expect(lanes.start(now: start)?.key.contact == "b")
        #expect(lanes.start(now: start + .seconds(4)) == nil)
        let again = try started(lanes.start(now: start + .seconds(5)))
        #expect(again.key.contact == "a")
        #expect(again.attempt == 2)
        #expect(lanes.blocked == 0)
    }

    @Test("When Loops is back, nobody waits out the delay that was meant for its absence")
    func hurryWakesAll() throws {
        var lanes = Lanes()
        _ = lanes.admit(.sample(1, contact: "a"))
        let a = try started(lanes.start(now: start))
        _ = lanes.finish(a.key, .retry(at: start + .seconds(60), counts: true))
        lanes.hurry()
        #expect(lanes.start(now: start)?.key.contact == "a")
    }

    @Test("A fault in one request does not stop the entry's others; the entry ends dead-lettered with it")
    func faultDoesNotStopOthers() throws {
        var lanes = Lanes()
        _ = lanes.admit(.sample(1, contact: "a", steps: 2))
        let fault = DeliveryFault(reason: .refused, detail: "no", mapping: "m")
        let first = try started(lanes.start(now: start))
        #expect(lanes.finish(first.key, .failed(fault)).isEmpty)
        let second = try started(lanes.start(now: start))
        let ends = lanes.finish(second.key, .delivered)
        #expect(ends.map(\.kind) == [.deadLettered([fault])])
        #expect(ends.first?.attempts == 2)
    }

    @Test("Abandoning leaves what is under way")
    func abandon() throws {
        var lanes = Lanes()
        for id in 1...3 { _ = lanes.admit(.sample(UInt64(id), contact: "a")) }
        _ = lanes.admit(.sample(4, contact: "b"))
        let a = try started(lanes.start(now: start))
        #expect(lanes.abandonWaiting() == 3)
        #expect(lanes.count == 1)
        #expect(lanes.finish(a.key, .delivered).map(\.id) == [.sample(1)])
        #expect(lanes.isEmpty)
    }

    @Test(
        "Random schedules keep every contact's order, never two requests of one at once",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func randomSchedules(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var lanes = Lanes()
        var now = start
        var admitted: [String: [StreamID]] = [:]
        var ended: [String: [StreamID]] = [:]
        var underWay: [LaneKey: Lanes.Start] = [:]
        var next: UInt64 = 0
        func note(_ ends: [EntryEnd]) { for end in ends { ended[end.contact, default: []].append(end.id) } }

        for step in 0..<4000 {
            now += .milliseconds(Int(random.next() % 50))
            switch random.next() % 3 {
            case 0 where step < 3000:
                next += 1
                let contact = "c\(random.next() % 12)"
                admitted[contact, default: []].append(.sample(next))
                note(lanes.admit(.sample(next, contact: contact, steps: Int(random.next() % 3))))
            case 1:
                guard let start = lanes.start(now: now) else { continue }
                #expect(underWay.updateValue(start, forKey: start.key) == nil, "two requests of one contact at once")
            default:
                guard let key = underWay.keys.sorted(by: { $0.contact < $1.contact }).randomElement(using: &random)
                else { continue }
                underWay[key] = nil
                let results: [Lanes.StepResult] = [
                    .delivered, .delivered, .retry(at: now + .milliseconds(Int(random.next() % 500)), counts: true),
                    .failed(DeliveryFault(reason: .refused, detail: "no", mapping: "m")),
                ]
                note(lanes.finish(key, results[Int(random.next() % 4)]))
            }
        }
        // Whatever is left comes to its end.
        while !lanes.isEmpty {
            now += .seconds(1)
            if let (key, _) = underWay.popFirst() { note(lanes.finish(key, .delivered)) }
            if let start = lanes.start(now: now) { underWay[start.key] = start }
        }
        #expect(ended == admitted)
        #expect(lanes.count == 0 && lanes.underWay == 0 && lanes.blocked == 0)
    }
}

extension StreamID {
    static func sample(_ number: UInt64) -> StreamID { StreamID(milliseconds: number, sequence: 0) }
}

extension PlannedEntry {
    /// An entry of one contact with this many requests.
    static func sample(_ number: UInt64, contact: String, steps: Int = 1, stream: Int = 0) -> PlannedEntry {
        let call = LoopsCall(
            LoopsRequest(operation: .createOrUpdateContact, body: [:]),
            idempotencyKey: nil
        )
        return PlannedEntry(
            lane: LaneKey(stream: stream, contact: contact),
            id: .sample(number),
            partition: 0,
            size: 100,
            steps: Array(repeating: PlannedStep(call: call, mapping: "m"), count: steps),
            faults: []
        )
    }
}
