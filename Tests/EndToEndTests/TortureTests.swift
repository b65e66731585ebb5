import Foundation
import LoopsSimulator
import Testing

@testable import torture

/// A short torture; `make torture` runs long ones. Serialized: each has several processes of its own.
@Suite(
    "Torture: replicas and Redis come to harm, and the promises hold",
    .tags(.servers),
    .serialized,
    .timeLimit(.minutes(10))
)
struct TortureTests {
    private func settings() -> TortureSettings {
        var settings = TortureSettings(executable: Program.path(of: "torture"))
        settings.burst = 80
        return settings
    }

    @Test(
        "Stopped, continued and ended replicas, restarts, lost writes, cut connections: order, no loss, nothing twice"
    )
    func honest() async throws {
        var settings = settings()
        settings.profile = .hostile
        settings.course = Schedule([.crash, .zombie, .failover, .cut, .join, .crashRedis, .handover])
        let report = try await Torture.run(settings)
        #expect(report.failures.isEmpty, "\(report.text)")
    }

    @Test(
        "Redis goes back in time around a handover, its group is destroyed and set back, replicas disagree on the lease"
    )
    func backInTime() async throws {
        var settings = settings()
        settings.seed = 3
        settings.course = Schedule([
            .laggingHandover, .snapshot, .groupDestroyed, .laggingJoin, .groupSetBack, .longerLease,
        ])
        let report = try await Torture.run(settings)
        #expect(report.failures.isEmpty, "\(report.text)")
    }

    @Test(
        "Redis promotes its standby by itself, late, and while the old primary lives on; a slot moves; a stranger reads",
        arguments: [
            (.sentinels, [.isolatedPrimary, .laggingPromotion, .foreignReader]),
            (.cluster, [.slotMoved, .stalePrimary]),
        ] as [(RedisKind, [Schedule.Action])]
    )
    func selfHealing(kind: RedisKind, actions: [Schedule.Action]) async throws {
        var settings = settings()
        settings.redis = kind
        settings.course = Schedule(actions)
        let report = try await Torture.run(settings)
        #expect(report.failures.isEmpty, "\(report.text)")
    }

    @Test("The same with identifies that come in runs and are merged")
    func merging() async throws {
        var settings = settings()
        settings.seed = 2
        settings.merges = true
        settings.course = Schedule([.crash, .zombie, .failover, .handover])
        let report = try await Torture.run(settings)
        #expect(report.failures.isEmpty, "\(report.text)")
        #expect(report.figures.contains { $0.0 == "requests" && !$0.1.hasSuffix(" 0 merged") }, "\(report.text)")
    }

    @Test("The judge finds every planted fault", arguments: InjectedFault.allCases.filter { $0 != .none })
    func planted(_ plant: InjectedFault) async throws {
        var settings = settings()
        settings.plant = plant
        settings.course = plant.course
        settings.redis = plant.redis
        settings.profile = plant.profile ?? settings.profile
        settings.burst = 400
        settings.patience = .seconds(4)
        // A fault shows itself when a request happens to be in the wrong place at the wrong time: a few rounds may be needed.
        var found = false
        for seed: UInt64 in 1...5 where !found {
            settings.seed = seed
            found = try await !Torture.run(settings).failures.isEmpty
        }
        #expect(found)
    }

    @Test("A contact's course is judged: each event first after its predecessor, repetitions only as whole suffixes")
    func courses() {
        let expected: [Int64] = [1, 2, 4, 5]
        for good: [Int64] in [[1, 2, 4, 5], [1, 2, 1, 2, 4, 5], [1, 1, 2, 4, 2, 4, 5], []] {
            #expect(EffectCourse(good, expected: expected).isOrdered)
        }
        for bad: [Int64] in [[2], [1, 4], [1, 2, 4, 1, 4, 5], [1, 2, 4, 5, 2], [1, 3]] {
            #expect(!EffectCourse(bad, expected: expected).isOrdered)
        }
        // 2 and 5 are events: what is repeated passes over them, and nothing else.
        for good: [Int64] in [[1, 2, 4, 5, 1, 4], [1, 2, 1, 4, 5], [1, 2, 4, 5, 4]] {
            #expect(EffectCourse(good, expected: expected, events: [2, 5]).isOrdered, "\(good)")
        }
        for bad: [Int64] in [[1, 4, 5], [1, 2, 4, 5, 1], [1, 2, 5]] {
            #expect(!EffectCourse(bad, expected: expected, events: [2, 5]).isOrdered, "\(bad)")
        }
    }

    @Test("A course is the same for the same seed and has every action before it repeats one")
    func course() {
        #expect(Schedule(seed: 7, count: 30) == Schedule(seed: 7, count: 30))
        for kind in RedisKind.allCases {
            #expect(Set(Schedule(seed: 7, count: nil, kind: kind).actions) == Set(Schedule.Action.all(kind)))
        }
        #expect(Set(RedisKind.allCases.flatMap(Schedule.Action.all)) == Set(Schedule.Action.allCases))
        #expect(Set((1...5).map(RedisKind.init(seed:))) == Set(RedisKind.allCases))
    }
}
