import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Leases of a replica that rests, or whose stream is paused")
struct DrainTests {
    private let start = ContinuousClock.now
    private let pause = Pause(since: 1, by: "ann", reason: "")

    /// A replica that owns all four partitions, with the Redis that says so.
    private func owner() -> (leases: PartitionAssignment, redis: SimulatedRedis) {
        var leases = PartitionAssignment(member: "a", partitions: 4, timing: LeaseTiming(requestTimeout: .seconds(4)))
        var redis = SimulatedRedis()
        for _ in 0..<3 { _ = beat(&leases, &redis) }
        return (leases, redis)
    }

    private func beat(_ leases: inout PartitionAssignment, _ redis: inout SimulatedRedis, pause: Pause? = nil)
        -> [AssignmentChange]
    {
        var view = redis.answer(leases.next(now: start)).view
        view.pause = pause
        return leases.answered(view, sentAt: start, receivedAt: start)
    }

    @Test("While it is paused it starts nothing, and keeps what it owns")
    func paused() throws {
        var (leases, redis) = owner()
        let tenure = try #require(leases.tenure(of: 0))
        #expect(beat(&leases, &redis, pause: pause) == [.paused(pause)])
        #expect(leases.sendDeadline(0, tenure: tenure) == nil && leases.owned == 4)
        #expect(beat(&leases, &redis, pause: pause).isEmpty)
        #expect(beat(&leases, &redis) == [.resumed(pause)])
        #expect(leases.sendDeadline(0, tenure: tenure) != nil)
    }

    @Test("When the state is lost, so is its pause")
    func lost() {
        var (leases, redis) = owner()
        _ = beat(&leases, &redis, pause: pause)
        #expect(leases.revokeAll().last == .resumed(pause))
        #expect(leases.pause == nil)
    }

    @Test("A drained replica gives back everything, claims nothing, and takes part again when told")
    func rests() {
        var (leases, redis) = owner()
        let tenure = leases.tenure(of: 0) ?? 0
        leases.isDrained = true
        let changes = beat(&leases, &redis)
        #expect(changes == (0..<4).map { .draining(partition: $0) })
        #expect(leases.sendDeadline(0, tenure: tenure) != nil, "what has begun is finished")
        leases.drained(0)
        #expect(leases.sendDeadline(0, tenure: tenure) == nil)
        for partition in 0..<4 { leases.drained(partition) }
        #expect(beat(&leases, &redis) == (0..<4).map { .released(partition: $0) })
        #expect(leases.owned == 0)
        #expect(!leases.next(now: start).changesSomething, "free partitions are left to others")
        redis.leave("a", [])
        leases.left()
        #expect(leases.unassigned == nil && leases.members == 0, "what it knew of others is old")
        leases.isDrained = false
        for _ in 0..<3 { _ = beat(&leases, &redis) }
        #expect(leases.owned == 4)
    }

    @Test("The others take what a drained replica gave back, once it has left, and not before")
    func others() {
        var (leases, redis) = owner()
        var other = PartitionAssignment(member: "b", partitions: 4, timing: LeaseTiming(requestTimeout: .seconds(4)))
        leases.isDrained = true
        _ = beat(&other, &redis)
        _ = beat(&leases, &redis)
        for partition in 0..<4 { leases.drained(partition) }
        _ = beat(&leases, &redis)
        for _ in 0..<3 { _ = beat(&other, &redis) }
        #expect(other.owned == 2, "half is the other's, as far as anybody can tell")
        redis.leave("a", [])
        for _ in 0..<3 { _ = beat(&other, &redis) }
        #expect(other.owned == 4)
    }
}
