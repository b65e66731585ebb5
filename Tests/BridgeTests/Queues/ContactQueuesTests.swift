import JSON
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Lanes: one first-in-first-out lane per contact")
struct LanesTests {
    private let start = ContinuousClock.now

    private func started(_ start: ContactQueues.RequestStart?) throws -> ContactQueues.RequestStart {
        try #require(start)
    }

    @Test("An entry without requests ends at once, as ignored")
    func ignoredEndsAtOnce() {
        var contactQueues = ContactQueues()
        let ends = contactQueues.admit(.sample(1, contact: "a", steps: 0))
        #expect(ends.map(\.kind) == [.ignored])
        #expect(contactQueues.isEmpty)
    }

    @Test("An ignored entry waits for the earlier entries of its contact: acknowledgements keep their order")
    func ignoredWaitsForItsTurn() throws {
        var contactQueues = ContactQueues()
        #expect(contactQueues.admit(.sample(1, contact: "a")).isEmpty)
        #expect(contactQueues.admit(.sample(2, contact: "a", steps: 0)).isEmpty)
        let first = try started(contactQueues.start(now: start))
        let ends = contactQueues.finish(first.key, .delivered).ends
        #expect(ends.map(\.id) == [.sample(1), .sample(2)])
        #expect(ends.map(\.kind) == [.delivered, .ignored])
    }

    @Test("One request of a contact is under way at a time; other contacts go on")
    func oneUnderWay() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a"))
        _ = contactQueues.admit(.sample(2, contact: "a"))
        _ = contactQueues.admit(.sample(3, contact: "b"))
        #expect(contactQueues.start(now: start)?.key.contact == "a")
        #expect(contactQueues.start(now: start)?.key.contact == "b")
        #expect(contactQueues.start(now: start) == nil)
        #expect(contactQueues.inFlight == 2)
    }

    @Test("Something urgent behind something of the same contact that is not brings both forward, in order")
    func urgencyIsInherited() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a"))
        _ = contactQueues.admit(.sample(2, contact: "b"))
        _ = contactQueues.admit(.sample(3, contact: "b", priority: 5))
        _ = contactQueues.admit(.sample(4, contact: "b"))
        #expect(contactQueues.readyCount(now: start) == 2)
        for id: UInt64 in [2, 3] {
            let next = try started(contactQueues.start(now: start))
            #expect(next.entry == .sample(id))
            #expect(contactQueues.finish(next.key, .delivered).ends.map(\.id) == [.sample(id)])
        }
        // Nothing urgent is left: the oldest is next.
        #expect(try started(contactQueues.start(now: start)).entry == .sample(1))
    }

    @Test("A retry holds its own lane until it is due, and no other")
    func retryHoldsItsLane() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a"))
        _ = contactQueues.admit(.sample(2, contact: "b"))
        let a = try started(contactQueues.start(now: start))
        #expect(contactQueues.finish(a.key, .retry(at: start + .seconds(5), counts: true)).ends.isEmpty)
        #expect(contactQueues.blocked == 1)
        #expect(contactQueues.start(now: start)?.key.contact == "b")
        #expect(contactQueues.start(now: start + .seconds(4)) == nil)
        let again = try started(contactQueues.start(now: start + .seconds(5)))
        #expect(again.key.contact == "a")
        #expect(again.attempt == 2)
        #expect(contactQueues.blocked == 0)
    }

    @Test("When Loops is back, nobody waits out the delay that was meant for its absence")
    func hurryWakesAll() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a"))
        let a = try started(contactQueues.start(now: start))
        _ = contactQueues.finish(a.key, .retry(at: start + .seconds(60), counts: true))
        contactQueues.retryAllNow()
        #expect(contactQueues.start(now: start)?.key.contact == "a")
    }

    @Test("A fault in one request does not stop the entry's others; the entry ends dead-lettered with it")
    func faultDoesNotStopOthers() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a", steps: 2))
        let fault = DeliveryFailure(reason: .refused, detail: "no", mapping: "m")
        let first = try started(contactQueues.start(now: start))
        #expect(contactQueues.finish(first.key, .failed(fault)).ends.isEmpty)
        let second = try started(contactQueues.start(now: start))
        let ends = contactQueues.finish(second.key, .delivered).ends
        #expect(ends.map(\.kind) == [.deadLettered([fault])])
        #expect(ends.first?.attempts == 2)
    }

    @Test("Contacts are told apart by their bytes, as partitions are")
    func byBytes() {
        var contactQueues = ContactQueues()
        for (number, contact) in ["\u{e9}", "e\u{301}", "\u{e9}"].enumerated() {
            _ = contactQueues.admit(.sample(UInt64(number + 1), contact: contact, partition: number % 2))
        }
        #expect(contactQueues.contacts == 2)
        #expect(contactQueues.abandon(stream: 0, partition: 0).map(\.id) == [.sample(1), .sample(3)])
        #expect(contactQueues.contacts == 1 && contactQueues.start(now: .now)?.entry == .sample(2))
    }
}

extension StreamID {
    static func sample(_ number: UInt64) -> StreamID { StreamID(milliseconds: number, sequence: 0) }
}

extension PlannedEntry {
    /// An entry of one contact with this many requests.
    static func sample(_ number: UInt64, contact: String, steps: Int = 1, partition: Int = 0, priority: Int = 0)
        -> PlannedEntry
    {
        let call = EncodedRequest(
            LoopsRequest(operation: .createOrUpdateContact, body: [:]),
            idempotencyKey: nil
        )
        return PlannedEntry(
            contactQueue: OrderingKey(stream: 0, contact: contact),
            id: .sample(number),
            partition: partition,
            size: 100,
            steps: Array(repeating: PlannedRequest(call: call, mapping: "m", priority: priority), count: steps),
            faults: []
        )
    }
}
