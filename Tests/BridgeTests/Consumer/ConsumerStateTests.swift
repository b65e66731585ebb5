import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("ConsumerState: the rules between assignment, buffer and acknowledgements of one stream")
struct ConsumerStateTests {
    private static let timing = LeaseTiming(lease: .seconds(10), heartbeat: .seconds(1), requestTimeout: .seconds(4))
    private let start = ContinuousClock.now

    private func view(_ leases: [Int: String], members: [String: Int64] = ["a": 1], incarnation: String = "1 x")
        -> GroupView
    {
        GroupView(
            incarnation: incarnation,
            isStable: true,
            leases: leases.mapValues { GroupView.Lease(text: $0) },
            members: members
        )
    }

    /// The owner of the partitions 0 and 1 of 2, both open for reading.
    private func owner() -> ConsumerState {
        var state = ConsumerState(
            assignment: PartitionAssignment(member: "a", partitions: 2, timing: Self.timing),
            limits: BufferLimits()
        )
        state.opened(OpenedGroup(isNew: true, routed: .zero, lease: .seconds(10)))
        _ = state.heartbeatAnswered(view([0: "1 a", 1: "1 a"]), sentAt: start, now: start, doubt: nil)
        for (partition, tenure) in state.assignment.held { state.open(partition, tenure: tenure) }
        return state
    }

    private func completion(_ number: UInt64, partition: Int, tenure: Int) -> EntryCompletion {
        EntryCompletion(
            stream: 0,
            id: .sample(number),
            partition: partition,
            tenure: tenure,
            size: 100,
            kind: .delivered,
            attempts: 1,
            contact: "c",
            occurredAt: nil
        )
    }

    /// Another replica has come, so that the second partition is on its way out.
    private func revokeSecond(_ state: inout ConsumerState) {
        let view = view([0: "1 a", 1: "1 a"], members: ["a": 2, "b": 1])
        let (changes, _) = state.heartbeatAnswered(view, sentAt: start, now: start, doubt: nil)
        #expect(changes == [.draining(partition: 1)])
    }

    @Test("A partition on its way out is released once nothing of it is buffered and nothing unacknowledged")
    func releasedLast() throws {
        var state = owner()
        let tenure = try #require(state.assignment.tenure(of: 1))
        for number in [UInt64(1), 2] { _ = state.fetchPlanner.admit(.sample(number), partition: 1, bytes: 100) }
        revokeSecond(&state)
        var returned = PlannedEntry.sample(2, contact: "c", partition: 1)
        returned.tenure = tenure
        #expect(state.returned([returned]) == .work, "another entry is still buffered")
        #expect(state.completed([completion(1, partition: 1, tenure: tenure)]) == [.acks, .work])
        #expect(state.assignment.next(now: start).releases.isEmpty, "its acknowledgement is on the way")
        let (confirmed, wakeups) = state.acknowledged(1, except: [], fenced: [])
        #expect(confirmed.map(\.id) == [.sample(1)] && wakeups == .heartbeat)
        #expect(state.assignment.next(now: start).releases == [.init(partition: 1, lease: "1 a")])
    }

    @Test("A completion of a tenure that is over is not acknowledged; one that Redis refused is not confirmed")
    func staleTenure() throws {
        var state = owner()
        let tenure = try #require(state.assignment.tenure(of: 0))
        for number in [UInt64(1), 2] { _ = state.fetchPlanner.admit(.sample(number), partition: 0, bytes: 100) }
        _ = state.completed([completion(1, partition: 0, tenure: tenure)])
        _ = state.heartbeatAnswered(
            view([0: "2 b", 1: "1 a"], members: ["a": 2, "b": 1]),
            sentAt: start,
            now: start,
            doubt: nil
        )
        _ = state.completed([completion(2, partition: 0, tenure: tenure)])
        #expect(state.acks.count == 1, "only that from before the loss")
        #expect(state.acknowledged(1, except: [], fenced: [tenure]).confirmed.isEmpty && state.acks.count == 0)
    }

    @Test("Nothing is read before the group is open and its incarnation known, nor while a pause or a drain holds")
    func whenToRead() {
        var state = ConsumerState(
            assignment: PartitionAssignment(member: "a", partitions: 2, timing: Self.timing),
            limits: BufferLimits()
        )
        #expect(state.nextRead() == .wait)
        state.opened(OpenedGroup(isNew: true, routed: .zero, lease: .seconds(10)))
        #expect(state.nextRead() == .wait)
        state = owner()
        guard case .fetch(let fetches, _) = state.nextRead() else { return #expect(Bool(false), "both have more") }
        #expect(Set(fetches.map(\.partition)) == [0, 1])
        #expect(state.setDrained(true) == [.heartbeat, .work] && state.setDrained(true) == nil)
        #expect(state.nextRead() == .wait)
        #expect(state.setDrained(false) != nil)
        #expect(state.nextRead() != .wait)
        var paused = view([0: "1 a", 1: "1 a"])
        paused.pause = Pause(since: 1, by: "ann", reason: "")
        #expect(state.heartbeatAnswered(paused, sentAt: start, now: start, doubt: nil).changes.count == 1)
        #expect(state.nextRead() == .wait)
        #expect(state.closed("gone") == [.heartbeat, .work])
        #expect(state.nextRead() == .wait && state.failure == "gone")
    }

    @Test("A partition is opened in its own tenure only, and not while a pause holds")
    func opening() throws {
        var state = owner()
        let tenure = try #require(state.assignment.tenure(of: 0))
        state.fetchPlanner.close(0)
        state.open(0, tenure: tenure + 100)
        guard case .fetch(let fetches, _) = state.nextRead() else { return #expect(Bool(false), "the other one") }
        #expect(fetches.map(\.partition) == [1])
    }

    @Test("After routing stopped for too much that is pending, an acknowledgement wakes the reader")
    func pendingLimit() throws {
        var state = owner()
        let tenure = try #require(state.assignment.tenure(of: 0))
        for (number, isFull) in [(UInt64(1), false), (2, true)] {
            _ = state.fetchPlanner.admit(.sample(number), partition: 0, bytes: 100)
            state.routed(to: .sample(number), isFull: isFull)
            _ = state.completed([completion(number, partition: 0, tenure: tenure)])
            #expect(state.acknowledged(1, except: [], fenced: []).wakeups == (isFull ? .work : []))
        }
    }

    @Test("What Redis could not be told of as planned is told with the next call; changes come back in order")
    func putBack() {
        var state = owner()
        state.planned.formUnion([1, 0])
        let planned = state.takePlanned()
        #expect(planned == [0, 1] && state.takePlanned().isEmpty)
        state.planned.formUnion(planned)
        #expect(state.takePlanned() == [0, 1])
        let changes = state.takeChanges()
        #expect(changes.count == 2 && state.takeChanges().isEmpty)
        revokeSecond(&state)
        state.putBack(changes)
        #expect(state.takeChanges() == changes + [.draining(partition: 1)])
    }
}
