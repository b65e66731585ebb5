import DevKit
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups
@testable import Support

/// Drives ``ContactQueues`` by dice: entries come, requests start and end in any order with any result, leases are good or not, partitions are lost
/// and come back, as the reader and the intake do it: a partition is read again only when nothing of it is in hand.
private struct LaneSchedule {
    static let contacts = 12
    static let partitions = 3

    private(set) var contactQueues = ContactQueues()
    private(set) var starts = 0
    private(set) var givenUp = 0
    private var random: SplitMix64
    private var now: ContinuousClock.Instant
    private var next: UInt64 = 0
    /// What is pending in Redis, by contact, in order.
    private var pending: [String: [StreamID]] = [:]
    private var inHand: [String: [StreamID]] = [:]
    private var closed: Set<Int> = []
    /// Entries of which a request has ended.
    private var begun: Set<StreamID> = []
    private(set) var finished = 0
    private var inFlight: [OrderingKey: ContactQueues.RequestStart] = [:]

    init(seed: UInt64, start: ContinuousClock.Instant) {
        random = SplitMix64(seed: seed)
        now = start
    }

    mutating func step() throws {
        now += .milliseconds(pick(50))
        switch pick(12) {
        case 0..<4: admit()
        case 4..<7: try start(leased: Set((0..<Self.partitions).filter { _ in pick(4) > 0 }))
        case 7..<10: finish(anyResult())
        case 10:
            if pick(8) == 0 { abandon(pick(Self.partitions)) }
            reopen()
        default: _ = contactQueues.leasesRenewed()
        }
        check()
    }

    /// Lets everything come to its end.
    mutating func end() throws {
        var rounds = 0
        while pending.contains(where: { !$0.value.isEmpty }) {
            rounds += 1
            try #require(rounds < 100_000, "it does not come to an end")
            now += .seconds(1)
            reopen(always: true)
            _ = contactQueues.leasesRenewed()
            try start(leased: Set(0..<Self.partitions))
            finish(.delivered)
            check()
        }
        #expect(
            contactQueues.isEmpty && contactQueues.count == 0 && contactQueues.inFlight == 0
                && contactQueues.blocked == 0
        )
        #expect(inHand.values.flatMap { $0 } == [])
    }

    private func partition(of contact: Int) -> Int { contact % Self.partitions }
    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    private mutating func admit() {
        let contact = pick(Self.contacts)
        next += 1
        pending["c\(contact)", default: []].append(.sample(next))
        if !closed.contains(partition(of: contact)) { take(.sample(next), contact) }
    }

    private mutating func take(_ id: StreamID, _ contact: Int) {
        inHand["c\(contact)", default: []].append(id)
        // The plan of an entry is the same whenever it is read.
        let steps = Int(id.milliseconds % 3)
        let entry = PlannedEntry.sample(
            id.milliseconds,
            contact: "c\(contact)",
            steps: steps,
            partition: partition(of: contact)
        )
        note(contactQueues.admit(entry))
    }

    private mutating func start(leased: Set<Int>) throws {
        let start = contactQueues.start(now: now, mayStart: { leased.contains($0.partition) })
        forget(contactQueues.takeGiven())
        guard let start else { return }
        starts += 1
        #expect(inFlight.updateValue(start, forKey: start.key) == nil, "two requests of one contact at once")
        #expect(leased.contains(start.partition))
        if closed.contains(start.partition) {
            finished += 1
            #expect(begun.contains(start.entry), "something new was started of a partition that is given back")
        }
        #expect(pending[start.key.contact]?.first == start.entry, "an earlier entry has not ended")
    }

    private mutating func finish(_ result: ContactQueues.AttemptResult) {
        let keys = inFlight.keys.sorted { $0.contact < $1.contact }
        guard let key = keys.randomElement(using: &random) else { return }
        switch result {
        case .delivered, .replayed, .failed: if let entry = inFlight[key]?.entry { begun.insert(entry) }
        case .retry, .keyRefused, .notSent: break
        }
        inFlight[key] = nil
        let outcome = contactQueues.finish(key, result)
        note(outcome.ends)
        forget(outcome.given)
    }

    private mutating func anyResult() -> ContactQueues.AttemptResult {
        switch pick(6) {
        case 0...2: .delivered
        case 3: .retry(at: now + .milliseconds(pick(500)), counts: pick(2) == 0)
        case 4: .notSent
        default: .failed(DeliveryFailure(reason: .refused, detail: "no", mapping: "m"))
        }
    }

    private mutating func abandon(_ partition: Int) {
        closed.insert(partition)
        // Lost, or on its way to another owner: then what has begun is finished first.
        let mayFinish = pick(3) > 0
        forget(contactQueues.abandon(stream: 0, partition: partition, mayFinish: { _ in mayFinish }))
    }

    /// Reads lost partitions again from the beginning.
    private mutating func reopen(always: Bool = false) {
        for partition in closed.sorted() where always || pick(2) == 0 {
            let contacts = (0..<Self.contacts).filter { self.partition(of: $0) == partition }
            guard contacts.allSatisfy({ inHand["c\($0)", default: []].isEmpty }) else { continue }
            closed.remove(partition)
            for contact in contacts { for id in pending["c\(contact)", default: []] { take(id, contact) } }
        }
    }

    private mutating func note(_ ends: [EntryCompletion]) {
        for end in ends {
            #expect(pending[end.contact]?.first == end.id, "ends of a contact are in the order of its entries")
            pending[end.contact]?.removeAll { $0 == end.id }
            inHand[end.contact]?.removeAll { $0 == end.id }
        }
    }

    private mutating func forget(_ entries: [PlannedEntry]) {
        givenUp += entries.count
        for entry in entries { inHand[entry.contactQueue.contact]?.removeAll { $0 == entry.id } }
    }

    private func check() {
        #expect(contactQueues.count == inHand.values.reduce(0) { $0 + $1.count })
        #expect(contactQueues.inFlight == inFlight.count)
        #expect(contactQueues.contacts == inHand.values.count { !$0.isEmpty })
        #expect((0...contactQueues.contacts).contains(contactQueues.blocked))
    }
}

@Suite("Lanes under any schedule")
struct RandomQueuesTests {
    @Test(
        "Every contact's order holds, never two requests of one at once, and everything comes to its end",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func anySchedule(seed: UInt64) throws {
        var schedule = LaneSchedule(seed: seed, start: .now)
        for _ in 0..<2500 { try schedule.step() }
        try schedule.end()
        #expect(schedule.starts > 300 && schedule.givenUp > 20 && schedule.finished > 0)
    }
}
