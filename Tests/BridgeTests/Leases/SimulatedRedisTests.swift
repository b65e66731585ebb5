import DevKit
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups
@testable import Support

@Suite("The simulated Redis answers as the heartbeat script does", .tags(.servers), .timeLimit(.minutes(2)))
struct SimulatedRedisTests {
    @Test("Any heartbeats, in any order, old and new, give the same leases and members", arguments: 0..<3)
    func agree(seed: UInt64) async throws {
        try await ScriptFixture.run { fixture in
            let session = fixture.session(partitions: 5)
            _ = try await session.open(start: "0", rule: "userId", hadItOpen: false)
            var random = SplitMix64(seed: seed)
            var model = SimulatedRedis()
            var real = try await session.beat(Heartbeat(member: "a"))
            var simulated = model.answer(Heartbeat(member: "a")).view
            // Beats are other numbers on each side: what is said about them is said by their owners.
            var views = [(real, simulated)]
            for _ in 0..<300 {
                let known = views[views.count - 1 - Int(random.next() % UInt64(min(views.count, 3)))]
                let heartbeats = Self.heartbeats(known, &random)
                real = try await session.beat(heartbeats.real)
                simulated = model.answer(heartbeats.simulated).view
                #expect(real.leases == simulated.leases && real.isStable == simulated.isStable)
                #expect(Set(real.members.keys) == Set(simulated.members.keys))
                #expect(Self.order(real) == Self.order(simulated))
                views.append((real, simulated))
            }
            #expect(real.leases.values.contains { $0.epoch > 5 })
        }
    }

    /// The members in the order of their last beats.
    private static func order(_ view: GroupView) -> [String] {
        view.members.sorted { $0.value < $1.value }.map(\.key)
    }

    /// The same heartbeat for both, by what each has answered before.
    private static func heartbeats(
        _ known: (real: GroupView, simulated: GroupView),
        _ random: inout SplitMix64
    ) -> (real: Heartbeat, simulated: Heartbeat) {
        let names = ["a", "b", "c", "d"]
        let name = names.randomElement(using: &random) ?? "a"
        var real = Heartbeat(member: name, incarnation: known.real.incarnation)
        var simulated = Heartbeat(member: name, incarnation: known.simulated.incarnation)
        if random.next() % 8 == 0 { (real.incarnation, simulated.incarnation) = ("another", "another") }
        for partition in 0..<5 where random.next() % 3 == 0 {
            let lease = known.real.leases[partition]
            if let lease, random.next() % 2 == 0 {
                real.releases.append(.init(partition: partition, lease: lease.text))
            } else {
                let owner = lease?.owner.map(String.init) ?? ""
                let seen = lease?.text ?? ""
                real.claims.append(.init(partition: partition, seen: seen, beat: known.real.members[owner]))
                simulated.claims.append(.init(partition: partition, seen: seen, beat: known.simulated.members[owner]))
            }
        }
        simulated.releases = real.releases
        if random.next() % 4 == 0, let gone = names.randomElement(using: &random) {
            if let beat = known.real.members[gone] { real.departures = [.init(member: gone, beat: beat)] }
            if let beat = known.simulated.members[gone] { simulated.departures = [.init(member: gone, beat: beat)] }
        }
        return (real, simulated)
    }
}
