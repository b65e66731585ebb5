import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Leases: which partitions are owned, and what may be done with them")
struct LeasesTests {
    private static let timing = LeaseTiming(lease: .seconds(10), heartbeat: .seconds(1), requestTimeout: .seconds(4))
    private let start = ContinuousClock.now

    private func leases(_ member: String = "a", partitions: Int = 4) -> PartitionAssignment {
        PartitionAssignment(member: member, partitions: partitions, timing: Self.timing)
    }

    private func view(
        _ leases: [Int: String],
        members: [String: Int64] = ["a": 1],
        incarnation: String = "1 x",
        settled: Bool = true
    ) -> GroupView {
        GroupView(
            incarnation: incarnation,
            isStable: settled,
            leases: leases.mapValues { GroupView.Lease(text: $0) },
            members: members
        )
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int(seconds * 1000)) }

    @discardableResult
    private func answer(
        _ leases: inout PartitionAssignment,
        _ view: GroupView,
        sent: Double,
        received: Double? = nil
    ) -> [AssignmentChange] {
        leases.answered(view, sentAt: at(sent), receivedAt: at(received ?? sent))
    }

    /// Its partitions 0 and 1 of 2 confirmed at 0 seconds.
    private func owner() -> PartitionAssignment {
        var leases = leases(partitions: 2)
        answer(&leases, view([0: "1 a", 1: "3 a"]), sent: 0)
        return leases
    }

    // MARK: Start windows

    @Test("Requests start within the window, measured from before the heartbeat was sent")
    func window() throws {
        var leases = leases(partitions: 1)
        #expect(!leases.mayStart(0, tenure: 1, now: at(0)), "nothing is owned before the first answer")
        answer(&leases, view([0: "1 a"]), sent: 1, received: 3)
        let tenure = try #require(leases.tenure(of: 0))
        let window = Self.timing.startWindow
        #expect(window < .seconds(6), "what is left of the lease when a request takes its whole time, less the margin")
        #expect(leases.mayStart(0, tenure: tenure, now: at(3)))
        #expect(leases.mayStart(0, tenure: tenure, now: at(1) + window - .nanoseconds(1)))
        #expect(!leases.mayStart(0, tenure: tenure, now: at(1) + window))
        answer(&leases, view([0: "1 a"]), sent: 4, received: 20)
        #expect(!leases.mayStart(0, tenure: tenure, now: at(20)), "an answer that took long renews nothing")
        #expect(leases.owned == 1, "and takes nothing away")
        answer(&leases, view([0: "1 a"]), sent: 21)
        #expect(leases.mayStart(0, tenure: tenure, now: at(22)))
    }

    @Test("What was read in an earlier tenure never starts")
    func tenures() throws {
        var leases = owner()
        let first = try #require(leases.tenure(of: 0))
        answer(&leases, view([0: "2 b", 1: "3 a"], members: ["a": 2, "b": 3]), sent: 1)
        #expect(!leases.mayStart(0, tenure: first, now: at(1)))
        answer(&leases, view([0: "3 a", 1: "3 a"], members: ["a": 4]), sent: 2)
        let second = try #require(leases.tenure(of: 0))
        #expect(second != first && !leases.mayStart(0, tenure: first, now: at(2)))
        #expect(leases.mayStart(0, tenure: second, now: at(2)))
    }

    @Test("Settings are safe exactly when a lease outlasts a request and two heartbeats")
    func settings() {
        var timing = Self.timing
        #expect(timing.fault == nil)
        timing.lease = .seconds(6)
        #expect(timing.fault?.contains("bridge.leaseSeconds") == true)
        timing.lease = .milliseconds(6001)
        #expect(timing.fault == nil)
    }

    // MARK: Gains and losses

    @Test("Where a gained partition came from is told")
    func causes() {
        var leases = leases(partitions: 3)
        answer(&leases, view([1: "5 -", 2: "6 gone"]), sent: 0)
        #expect(
            leases.next(now: at(0)).claims == [
                .init(partition: 0, seen: "", beat: nil), .init(partition: 1, seen: "5 -", beat: nil),
                .init(partition: 2, seen: "6 gone", beat: nil),
            ]
        )
        let changes = answer(&leases, view([0: "1 a", 1: "6 a", 2: "7 a"]), sent: 1)
        #expect(
            changes == [
                .gained(partition: 0, tenure: 1, cause: .first, after: nil),
                .gained(partition: 1, tenure: 2, cause: .release, after: .seconds(1)),
                .gained(partition: 2, tenure: 3, cause: .crash, after: .seconds(1)),
            ]
        )
        #expect(leases.epoch == 7 && leases.lease(of: 1) == "6 a" && leases.owned == 3)
    }

    @Test("How long nobody had a partition counts from the last beat of its owner that was seen")
    func takeover() {
        var leases = leases(partitions: 2)
        answer(&leases, view([0: "1 b", 1: "1 c"], members: ["a": 1, "b": 2, "c": 3]), sent: 0)
        answer(&leases, view([0: "1 b", 1: "1 c"], members: ["a": 4, "b": 5, "c": 3]), sent: 3)
        // c was removed by b, and b itself is silent since.
        answer(&leases, view([0: "1 b", 1: "1 c"], members: ["a": 6, "b": 5]), sent: 11)
        #expect(leases.next(now: at(14)).claims.count == 2)
        let changes = answer(&leases, view([0: "2 a", 1: "2 a"], members: ["a": 7]), sent: 14)
        #expect(
            changes == [
                .gained(partition: 0, tenure: 1, cause: .crash, after: .seconds(11)),
                .gained(partition: 1, tenure: 2, cause: .crash, after: .seconds(14)),
            ]
        )
    }

    @Test("A claim whose answer got lost is found in the next answer")
    func lostAnswer() {
        var leases = leases(partitions: 1)
        answer(&leases, view([:]), sent: 0)
        _ = leases.next(now: at(1))
        #expect(
            answer(&leases, view([0: "1 a"]), sent: 2)
                == [.gained(partition: 0, tenure: 1, cause: .first, after: nil)]
        )
    }

    @Test("Another lease, a free one or none in its place is a loss", arguments: ["2 b", "2 a", "1 -", nil])
    func losses(text: String?) {
        var leases = leases(partitions: 1)
        answer(&leases, view([0: "1 a"]), sent: 0)
        let changes = answer(&leases, view(text.map { [0: $0] } ?? [:], members: ["a": 1, "b": 2]), sent: 1)
        #expect(changes.first == .lost(partition: 0))
        #expect((leases.owned == 1) == (text == "2 a"), "its own later lease is another tenure")
    }

    @Test("When the group's state is gone, nothing is owned and nothing is known")
    func revokeAll() {
        var leases = owner()
        #expect(leases.revokeAll() == [.lost(partition: 0), .lost(partition: 1)])
        #expect(leases.owned == 0 && leases.isOverdue && leases.unassigned == nil && leases.revokeAll() == [])
        #expect(leases.next(now: at(100)) == Heartbeat(member: "a"))
    }

    // MARK: Silence

    @Test("An owner is claimed from and removed only after a whole lease time of silence on one's own clock")
    func silence() {
        var leases = leases(partitions: 1)
        answer(&leases, view([0: "1 b"], members: ["a": 2, "b": 1]), sent: 0, received: 1)
        answer(&leases, view([0: "1 b"], members: ["a": 3, "b": 1]), sent: 8, received: 9)
        #expect(!leases.next(now: at(11) - .nanoseconds(1)).changesSomething)
        let heartbeat = leases.next(now: at(11))
        #expect(heartbeat.claims == [.init(partition: 0, seen: "1 b", beat: 1)])
        #expect(heartbeat.departures == [.init(member: "b", beat: 1)] && heartbeat.incarnation == "1 x")
        answer(&leases, view([0: "1 b"], members: ["a": 5, "b": 4]), sent: 11)
        #expect(!leases.next(now: at(20)).changesSomething, "it beat")
        #expect(leases.next(now: at(21)).changesSomething)
    }

    @Test("Nobody finds itself silent")
    func ownSilence() {
        var leases = owner()
        #expect(!leases.next(now: at(1000)).changesSomething)
    }

    // MARK: Another reign

    @Test("In a reign that is not settled nothing is claimed; who has seen it for a whole lease time settles it")
    func settling() {
        var leases = leases(partitions: 1)
        answer(&leases, view([0: "1 -"], settled: false), sent: 0, received: 1)
        #expect(leases.next(now: at(10.9)) == Heartbeat(member: "a", incarnation: "1 x"))
        #expect(leases.next(now: at(11)) == Heartbeat(member: "a", incarnation: "1 x", confirmsIncarnation: true))
        answer(&leases, view([0: "1 -"], incarnation: "2 y", settled: false), sent: 12)
        #expect(!leases.next(now: at(21)).confirmsIncarnation, "another reign has a time of its own")
        #expect(leases.next(now: at(22)).confirmsIncarnation)
        answer(&leases, view([0: "1 -"], incarnation: "2 y"), sent: 22)
        #expect(leases.next(now: at(22)).claims.count == 1)
    }

    @Test("Who still holds a good lease keeps it when Redis was started anew, and reads again")
    func keepsThroughRestart() throws {
        var leases = owner()
        let before = try #require(leases.tenure(of: 0))
        let changes = answer(&leases, view([0: "1 a", 1: "3 a"], incarnation: "2 y", settled: false), sent: 1)
        #expect(
            changes == [.incarnationChanged, .reread(partition: 0, tenure: 3), .reread(partition: 1, tenure: 4)]
        )
        #expect(leases.mayStart(0, tenure: try #require(leases.tenure(of: 0)), now: at(2)))
        #expect(!leases.mayStart(0, tenure: before, now: at(2)), "nothing of the earlier tenure starts")
        #expect(leases.fencingToken(of: 0, tenure: before) == nil)
        #expect(leases.fencingToken(of: 0, tenure: 3) == FencingToken(lease: "1 a", incarnation: "2 y"))
    }

    @Test("A lease that was not good any more is not taken from a Redis that went back in time, before that is settled")
    func oldLease() {
        var leases = owner()
        let unsettled = view([0: "1 a", 1: "3 a"], incarnation: "2 y", settled: false)
        // Somebody else may have had them since, and may have requests under way.
        #expect(
            answer(&leases, unsettled, sent: 30) == [.incarnationChanged, .lost(partition: 0), .lost(partition: 1)]
        )
        #expect(answer(&leases, unsettled, sent: 31) == [])
        #expect(leases.owned == 0)
        let settled = view([0: "1 a", 1: "3 a"], incarnation: "2 y")
        #expect(answer(&leases, settled, sent: 41).count == 2)
        #expect(leases.owned == 2)
    }

    @Test("Beats of another reign say nothing about silence: they may be given again")
    func sightings() {
        var leases = leases(partitions: 1)
        let members: [String: Int64] = ["a": 1, "b": 2]
        answer(&leases, view([0: "1 b"], members: members), sent: 0)
        answer(&leases, view([0: "1 b"], members: members, incarnation: "2 y"), sent: 9)
        #expect(!leases.next(now: at(18)).changesSomething)
        #expect(leases.next(now: at(19)).claims.count == 1)
    }

    // MARK: Shares

    @Test("Who has too many drains the surplus, and gives it back when nothing of it is left")
    func drains() throws {
        var leases = leases(partitions: 4)
        let all = [0: "1 a", 1: "1 a", 2: "1 a", 3: "1 a"]
        answer(&leases, view(all), sent: 0)
        let changes = answer(&leases, view(all, members: ["a": 2, "b": 3]), sent: 1)
        #expect(changes == [.draining(partition: 2), .draining(partition: 3)])
        #expect(leases.draining.sorted() == [2, 3] && leases.owned == 4)
        let tenure = try #require(leases.tenure(of: 2))
        #expect(leases.mayStart(2, tenure: tenure, now: at(1)), "what has begun of it is finished")
        #expect(leases.mayStart(1, tenure: try #require(leases.tenure(of: 1)), now: at(1)))
        #expect(leases.next(now: at(1)).releases == [])
        leases.drained(2)
        leases.drained(0)
        #expect(!leases.mayStart(2, tenure: tenure, now: at(1)))
        #expect(leases.next(now: at(1)).releases == [.init(partition: 2, lease: "1 a")])
        #expect(leases.next(now: at(1)).releases.count == 1, "until it is confirmed")
        let after = view([0: "1 a", 1: "1 a", 2: "1 -", 3: "1 a"], members: ["a": 4, "b": 3])
        #expect(answer(&leases, after, sent: 2) == [.released(partition: 2)])
        #expect(leases.next(now: at(2)).claims.isEmpty, "it is for the other one")
    }

    @Test("In a reign that is not settled nothing is given up: nobody could take it")
    func noDrainUnsettled() {
        var leases = owner()
        let both = view([0: "1 a", 1: "3 a"], members: ["a": 2, "b": 3], incarnation: "2 y", settled: false)
        #expect(
            answer(&leases, both, sent: 1)
                == [.incarnationChanged, .reread(partition: 0, tenure: 3), .reread(partition: 1, tenure: 4)]
        )
    }

    @Test("Reading again begins another tenure, under the next epoch, and also when the answer was lost")
    func rereads() {
        var leases = owner()
        leases.reread([0, 3])
        let heartbeat = leases.next(now: at(1))
        #expect(heartbeat.rereads == [.init(partition: 0, lease: "1 a")] && heartbeat.changesSomething)
        #expect(leases.next(now: at(2)).rereads == heartbeat.rereads, "until it is answered")
        let changes = answer(&leases, view([0: "2 a", 1: "3 a"]), sent: 3)
        #expect(changes == [.reread(partition: 0, tenure: 3)])
        #expect(leases.fencingToken(of: 0, tenure: 3)?.lease == "2 a")
        #expect(leases.next(now: at(4)).rereads.isEmpty)
    }

    @Test("A renewal that no majority of the sentinels has confirmed extends nothing")
    func unconfirmed() throws {
        var leases = owner()
        let tenure = try #require(leases.tenure(of: 0))
        let before = try #require(leases.sendDeadline(0, tenure: tenure))
        _ = leases.answered(view([0: "1 a", 1: "3 a"]), sentAt: at(5), receivedAt: at(5), isConfirmed: false)
        #expect(leases.sendDeadline(0, tenure: tenure) == before)
        _ = leases.answered(view([0: "1 a", 1: "3 a"]), sentAt: at(6), receivedAt: at(6))
        #expect(try #require(leases.sendDeadline(0, tenure: tenure)) > before)
    }

    @Test("In another incarnation nothing starts before a renewal was confirmed in it")
    func unconfirmedIncarnation() throws {
        var leases = owner()
        let back = view([0: "1 a", 1: "3 a"], incarnation: "2 y")
        _ = leases.answered(back, sentAt: at(1), receivedAt: at(1), isConfirmed: false)
        let tenure = try #require(leases.tenure(of: 0))
        #expect(!leases.mayStart(0, tenure: tenure, now: at(1)))
        _ = leases.answered(back, sentAt: at(2), receivedAt: at(2), isConfirmed: true)
        #expect(leases.mayStart(0, tenure: tenure, now: at(2)))
    }

    @Test("Behind sentinels, claims wait until a stale primary can confirm nothing any more")
    func promotionDelay() {
        var timing = Self.timing
        timing.promotionDelay = .seconds(5)
        var leases = PartitionAssignment(member: "a", partitions: 1, timing: timing)
        let other = view([0: "1 b"], members: ["a": 1, "b": 1])
        answer(&leases, other, sent: 0, received: 0)
        let wait = Double(timing.lease / .seconds(1))
        #expect(leases.next(now: at(wait + 4.9)).claims.isEmpty)
        #expect(leases.next(now: at(wait + 5)).claims.count == 1)
    }

    @Test("A holder trusts its lease for the shorter of its own time and the group's; a claimant waits the longer")
    func mixedLeaseTimes() {
        var timing = LeaseTiming(lease: .seconds(10), heartbeat: .seconds(1), requestTimeout: .seconds(2))
        for (group, held, silence) in [(4, 4, 10), (20, 10, 20), (10, 10, 10)] as [(Int64, Int64, Int64)] {
            timing.groupLease = .seconds(group)
            #expect(timing.held == .seconds(held) && timing.silence == .seconds(silence))
            #expect(timing.startWindow < timing.held - timing.requestTimeout)
        }
    }

    @Test("Two newcomers ask for different partitions, each for its share")
    func newcomers() {
        let members: [String: Int64] = ["a": 1, "b": 2]
        let claims = ["a", "b"].map { name in
            var leases = leases(name, partitions: 8)
            answer(&leases, view([:], members: members), sent: 0)
            return leases.next(now: at(0)).claims.map(\.partition)
        }
        #expect(claims == [[0, 1, 2, 3], [4, 5, 6, 7]])
    }

    @Test("Who keeps one more while partitions move is decided when they have come to rest")
    func remainder() {
        var leases = leases("b", partitions: 5)
        let members: [String: Int64] = ["a": 1, "b": 2, "c": 3]
        let held = [0: "1 a", 1: "1 a", 2: "1 b", 3: "1 b"]
        answer(&leases, view(held.merging([4: "1 -"]) { $1 }, members: members), sent: 0)
        #expect(leases.draining.isEmpty)
        var rest = held
        rest[4] = "2 c"
        #expect(answer(&leases, view(rest, members: members), sent: 1) == [], "2, 2 and 1 is fair")
        rest[4] = "2 b"
        #expect(answer(&leases, view(rest, members: members), sent: 2).contains(.draining(partition: 4)))
    }
}
