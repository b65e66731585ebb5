import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Leases under any schedule")
struct LeaseScheduleTests {
    /// Runs two minutes of accidents.
    private func accidents(
        _ seed: UInt64,
        flaw: LeaseSimulation.Flaw? = nil,
        redisFlaw: SimulatedRedis.Flaw? = nil
    ) -> LeaseSimulation {
        var simulation = LeaseSimulation(seed: seed, flaw: flaw, redisFlaw: redisFlaw)
        simulation.start(3)
        simulation.run(120_000)
        return simulation
    }

    @Test("No two replicas ever have requests of one partition under way", arguments: 1...seeds)
    func oneOwner(seed: UInt64) {
        let simulation = accidents(seed)
        #expect(simulation.violations == [])
    }
    private static let seeds: UInt64 = 24

    @Test("Work gets done while accidents happen")
    func progress() {
        #expect((1...6).reduce(0) { $0 + accidents($1).requests } > 2000)
    }

    @Test("A replica that does not keep a rule is found", arguments: LeaseSimulation.Flaw.allCases)
    func flawOfReplica(flaw: LeaseSimulation.Flaw) {
        #expect(stride(from: 2, to: 400, by: 2).contains { !accidents($0, flaw: flaw).violations.isEmpty })
    }

    @Test("A script that does not keep a rule is found", arguments: SimulatedRedis.Flaw.allCases)
    func flawOfScript(flaw: SimulatedRedis.Flaw) {
        #expect(stride(from: 1, to: 400, by: 2).contains { !accidents($0, redisFlaw: flaw).violations.isEmpty })
    }

    // MARK: Fair shares

    /// Lets everything come to rest: what is dead is found after a lease time, and requests under way end.
    private func rest(_ simulation: inout LeaseSimulation) {
        simulation.becomeQuiet()
        if simulation.live.isEmpty { simulation.start(1) }
        simulation.run(10_000 + 4000 + 6 * 1000)
    }

    private func expectFair(_ simulation: LeaseSimulation, _ comment: Comment? = nil) {
        let shares = simulation.live.map(\.leases.owned)
        #expect(shares.reduce(0, +) == simulation.partitions, comment)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1, comment)
        for replica in simulation.live {
            for own in replica.leases.all { #expect(simulation.redis.leases[own.partition] == own.lease, comment) }
            #expect(replica.leases.draining.isEmpty && replica.leases.unassigned == 0, comment)
        }
    }

    @Test(
        "After accidents every partition has an owner soon, shares are fair, and nothing moves any more",
        arguments: 1...seeds
    )
    func settles(seed: UInt64) {
        var simulation = accidents(seed)
        rest(&simulation)
        expectFair(simulation)
        let leases = simulation.redis.leases
        simulation.run(30_000)
        expectFair(simulation)
        #expect(simulation.redis.leases == leases)
        #expect(simulation.violations == [])
    }

    @Test("Who joins gets its fair share, and nothing else moves", arguments: 1...5)
    func joins(replicas: Int) {
        for partitions in [1, 5, 16, 64] {
            var simulation = LeaseSimulation(seed: UInt64(replicas), partitions: partitions)
            simulation.becomeQuiet()
            simulation.start(replicas)
            simulation.run(30_000)
            expectFair(simulation)
            let before = simulation.redis.leases
            simulation.start(1)
            simulation.run(30_000)
            expectFair(simulation)
            let moved = before.filter { simulation.redis.leases[$0.key] != $0.value }
            let owned = simulation.live.last?.leases.all.map(\.partition) ?? []
            #expect(Set(moved.keys) == Set(owned), "\(partitions) partitions")
            #expect(owned.count == partitions / (replicas + 1))
        }
    }

    @Test("Of who leaves or dies, what it had moves, and nothing else", arguments: 2...5)
    func leaves(replicas: Int) {
        for (partitions, dies) in [(5, false), (64, false), (5, true), (64, true)] {
            var simulation = LeaseSimulation(seed: 2, partitions: partitions)
            simulation.becomeQuiet()
            simulation.start(replicas)
            simulation.run(30_000)
            let before = simulation.redis.leases
            let own = simulation.live[0].leases.all.map(\.partition)
            if dies { simulation.end() } else { simulation.leave() }
            simulation.run(30_000)
            expectFair(simulation)
            let moved = before.filter { simulation.redis.leases[$0.key] != $0.value }
            #expect(Set(moved.keys) == Set(own), "\(partitions) partitions")
        }
    }
}
