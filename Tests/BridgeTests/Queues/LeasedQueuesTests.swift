import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Lanes: what leases hold back, and what is given up with them")
struct LeasedQueuesTests {
    private let start = ContinuousClock.now

    private func started(_ start: ContactQueues.RequestStart?) throws -> ContactQueues.RequestStart {
        try #require(start)
    }

    /// Contact queues with these entries, each given as number, contact and partition.
    private func contactQueues(_ entries: (UInt64, String, Int)...) -> ContactQueues {
        var contactQueues = ContactQueues()
        for (number, contact, partition) in entries {
            _ = contactQueues.admit(.sample(number, contact: contact, partition: partition))
        }
        return contactQueues
    }

    // MARK: Parked

    @Test("A lane without a good lease waits for its renewal, and holds no other")
    func parks() throws {
        var contactQueues = contactQueues((1, "a", 0), (2, "b", 1))
        #expect(contactQueues.start(now: start, mayStart: { $0.partition == 1 })?.key.contact == "b")
        #expect(contactQueues.start(now: start) == nil, "it is not asked about again by itself")
        #expect(contactQueues.nextDue == nil && contactQueues.blocked == 0 && contactQueues.count == 2)
        #expect(contactQueues.leasesRenewed() == true)
        let begun = try started(contactQueues.start(now: start))
        #expect(begun.key.contact == "a" && begun.attempt == 1)
        #expect(contactQueues.leasesRenewed() == false, "nothing waits for a renewal any more")
    }

    @Test("The lease is asked for anew at every attempt")
    func parksRetries() throws {
        var contactQueues = contactQueues((1, "a", 0))
        let first = try started(contactQueues.start(now: start))
        _ = contactQueues.finish(first.key, .retry(at: start + .seconds(1), counts: true))
        #expect(contactQueues.start(now: start + .seconds(1), mayStart: { _ in false }) == nil)
        #expect(contactQueues.blocked == 0, "it does not wait for its retry any more")
        contactQueues.retryAllNow()
        #expect(contactQueues.start(now: start + .seconds(1)) == nil, "Loops' return is not the lease's")
        #expect(contactQueues.leasesRenewed() == true)
        #expect(contactQueues.start(now: start + .seconds(1))?.attempt == 2)
    }

    @Test("What was not sent counts as not started")
    func notSent() throws {
        var contactQueues = contactQueues((1, "a", 0))
        let first = try started(contactQueues.start(now: start))
        let outcome = contactQueues.finish(first.key, .notSent)
        #expect(outcome.ends.isEmpty && outcome.given.isEmpty && contactQueues.inFlight == 0)
        #expect(contactQueues.start(now: start) == nil, "the next renewal wakes it")
        #expect(contactQueues.leasesRenewed() == true)
        let second = try started(contactQueues.start(now: start))
        #expect(second.attempt == 1)
        #expect(contactQueues.finish(second.key, .delivered).ends.first?.attempts == 1)
    }

    @Test("A start tells of which tenure its entry is")
    func tenure() throws {
        var contactQueues = ContactQueues()
        var entry = PlannedEntry.sample(1, contact: "a", partition: 3)
        entry.tenure = 7
        entry.isSuspect = true
        _ = contactQueues.admit(entry)
        let begun = try started(contactQueues.start(now: start, mayStart: { $0.tenure == 7 && $0.partition == 3 }))
        #expect(begun.tenure == 7 && begun.partition == 3 && begun.isSuspect && begun.entry == .sample(1))
    }

    // MARK: Given up

    @Test("What waits of a partition is given up, what waits of others is not")
    func abandonsWaiting() {
        var contactQueues = contactQueues((1, "a", 0), (2, "a", 0), (3, "b", 0), (4, "c", 1))
        _ = contactQueues.admit(
            PlannedEntry(contactQueue: OrderingKey(stream: 1, contact: "d"), .sample(5, contact: "d"))
        )
        #expect(Set(contactQueues.abandon(stream: 0, partition: 0).map(\.id)) == [.sample(1), .sample(2), .sample(3)])
        #expect(contactQueues.count == 2)
        #expect(contactQueues.start(now: start)?.key.contact == "c")
        #expect(contactQueues.start(now: start)?.key == OrderingKey(stream: 1, contact: "d"))
        #expect(contactQueues.abandon(stream: 0, partition: 0).isEmpty)
    }

    @Test("Retries and parked lanes are given up too, and their wake-ups wake nobody")
    func abandonsRetriesAndParked() throws {
        var contactQueues = contactQueues((1, "a", 0), (2, "b", 0))
        let a = try started(contactQueues.start(now: start))
        _ = contactQueues.finish(a.key, .retry(at: start + .seconds(1), counts: true))
        #expect(contactQueues.start(now: start, mayStart: { _ in false }) == nil)
        #expect(contactQueues.abandon(stream: 0, partition: 0).count == 2)
        #expect(contactQueues.isEmpty && contactQueues.blocked == 0 && contactQueues.count == 0)
        #expect(contactQueues.leasesRenewed() == false)
        contactQueues.retryAllNow()
        #expect(contactQueues.start(now: start + .seconds(2)) == nil && contactQueues.blocked == 0)
    }

    @Test("A request under way comes home: its entry ends if that was the last one")
    func abandonedUnderWayEnds() throws {
        var contactQueues = contactQueues((1, "a", 0), (2, "a", 0))
        let a = try started(contactQueues.start(now: start))
        #expect(contactQueues.abandon(stream: 0, partition: 0).map(\.id) == [.sample(2)])
        #expect(contactQueues.count == 1)
        let outcome = contactQueues.finish(a.key, .delivered)
        #expect(outcome.ends.map(\.id) == [.sample(1)] && outcome.given.isEmpty)
        #expect(contactQueues.isEmpty && contactQueues.count == 0)
    }

    @Test("A request under way whose entry does not end with it gives the entry up", arguments: 0..<4)
    func abandonedUnderWayIsGiven(way: Int) throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a", steps: way == 0 ? 2 : 1))
        let a = try started(contactQueues.start(now: start))
        #expect(contactQueues.abandon(stream: 0, partition: 0).isEmpty)
        let results: [ContactQueues.AttemptResult] = [
            .delivered, .retry(at: start, counts: true), .retry(at: start, counts: false), .notSent,
        ]
        let outcome = contactQueues.finish(a.key, results[way])
        #expect(outcome.ends.isEmpty && outcome.given.map(\.id) == [.sample(1)])
        #expect(
            contactQueues.isEmpty && contactQueues.count == 0 && contactQueues.inFlight == 0
                && contactQueues.blocked == 0
        )
        contactQueues.retryAllNow()
        #expect(contactQueues.leasesRenewed() == false)
        #expect(contactQueues.start(now: start + .seconds(9)) == nil)
    }

    // MARK: Finished first

    @Test("An entry that has begun is finished before its partition is given back; what has not is given up")
    func finishes() throws {
        var contactQueues = ContactQueues()
        for contact in ["a", "b"] {
            _ = contactQueues.admit(.sample(contact == "a" ? 1 : 2, contact: contact, steps: 3))
        }
        _ = contactQueues.admit(.sample(3, contact: "a"))
        let a = try started(contactQueues.start(now: start))
        _ = contactQueues.finish(a.key, .delivered)
        let given = contactQueues.abandon(stream: 0, partition: 0, mayFinish: { _ in true })
        #expect(Set(given.map(\.id)) == [.sample(2), .sample(3)] && contactQueues.count == 1)
        let second = try started(contactQueues.start(now: start))
        #expect(
            second.entry == .sample(1)
                && contactQueues.finish(second.key, .retry(at: start, counts: false)).given.isEmpty
        )
        let again = try started(contactQueues.start(now: start))
        #expect(contactQueues.finish(again.key, .failed(DeliveryFailure(reason: .refused, detail: ""))).ends.isEmpty)
        let third = try started(contactQueues.start(now: start))
        let outcome = contactQueues.finish(third.key, .delivered)
        #expect(
            outcome.ends.map(\.id) == [.sample(1)] && outcome.given.isEmpty && contactQueues.isEmpty
                && contactQueues.count == 0
        )
    }

    @Test("A request under way may be an entry's first: what follows of it is sent too")
    func finishesUnderWay() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a", steps: 2))
        let first = try started(contactQueues.start(now: start))
        #expect(contactQueues.abandon(stream: 0, partition: 0, mayFinish: { _ in true }).isEmpty)
        #expect(contactQueues.finish(first.key, .delivered).ends.isEmpty)
        let second = try started(contactQueues.start(now: start))
        #expect(contactQueues.finish(second.key, .delivered).ends.map(\.id) == [.sample(1)] && contactQueues.isEmpty)
    }

    @Test("An entry that was to be finished is given up when its lease is lost meanwhile")
    func finishesTooLate() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.sample(1, contact: "a", steps: 2))
        let first = try started(contactQueues.start(now: start))
        _ = contactQueues.finish(first.key, .delivered)
        #expect(contactQueues.abandon(stream: 0, partition: 0, mayFinish: { _ in true }).isEmpty)
        #expect(contactQueues.start(now: start, mayStart: { _ in false }) == nil)
        #expect(contactQueues.takeGiven().map(\.id) == [.sample(1)] && contactQueues.takeGiven().isEmpty)
        #expect(contactQueues.isEmpty && contactQueues.count == 0)
    }

    @Test("A key that a lane left behind never starts a second request of its contact")
    func staleKeys() throws {
        var contactQueues = contactQueues((1, "a", 0))
        for number in 2...5 as ClosedRange<UInt64> {
            _ = contactQueues.abandon(stream: 0, partition: 0)
            _ = contactQueues.admit(.sample(number, contact: "a"))
            _ = contactQueues.admit(.sample(number + 100, contact: "a"))
        }
        let first = try started(contactQueues.start(now: start))
        #expect(first.entry == .sample(5))
        #expect(contactQueues.start(now: start) == nil)
        _ = contactQueues.finish(first.key, .delivered)
        #expect(contactQueues.start(now: start)?.entry == .sample(105))
        #expect(contactQueues.start(now: start) == nil && contactQueues.inFlight == 1)
    }

    @Test("A lane that comes again is neither woken nor unparked by what its predecessor left behind")
    func staleAlarms() throws {
        var contactQueues = contactQueues((1, "a", 0))
        let first = try started(contactQueues.start(now: start))
        _ = contactQueues.finish(first.key, .retry(at: start + .seconds(1), counts: true))
        _ = contactQueues.abandon(stream: 0, partition: 0)
        _ = contactQueues.admit(.sample(1, contact: "a"))
        let again = try started(contactQueues.start(now: start))
        #expect(again.attempt == 1, "the next owner begins from the beginning")
        _ = contactQueues.finish(again.key, .retry(at: start + .seconds(5), counts: true))
        #expect(contactQueues.start(now: start + .seconds(2)) == nil)
        #expect(contactQueues.start(now: start + .seconds(5)) != nil)
        #expect(contactQueues.blocked == 0)
    }
}

extension PlannedEntry {
    /// The same entry in another contact queue.
    fileprivate init(contactQueue: OrderingKey, _ other: PlannedEntry) {
        self.init(
            contactQueue: contactQueue,
            id: other.id,
            partition: other.partition,
            size: other.size,
            steps: other.steps,
            faults: other.faults
        )
    }
}
