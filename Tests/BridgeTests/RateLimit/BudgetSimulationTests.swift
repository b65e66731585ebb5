import LoopsSimulator
import Testing

@testable import Bridge

/// The figures for all kinds, neighbours and replicas are in docs/explanation/rate-limiting.md; here are the bounds that none may leave.
@Suite("The budget beside others: simulated, with the real script", .tags(.servers), .timeLimit(.minutes(5)))
struct BudgetSimulationTests {
    private typealias Site = BudgetSimulation.Site
    /// After the time in which the limiter finds out.
    private static let steady = 30.0..<120.0
    /// A sliding counter rounds, and refuses earlier than its limit says: a client that paces evenly and does not know the phase of its neighbour's
    /// requests gets 0.9 of what one of 3 requests per second leaves at most, and 0.7 of what one of 8 leaves.
    private static func share(_ kind: RateLimiterConfiguration.Kind, neighbour: Double) -> Double {
        switch kind {
        case .slidingCounter: neighbour < 5 ? 0.79 : 0.5
        case .tokenBucket: 0.95
        default: 0.88
        }
    }

    /// At 2 requests per second, one refusal in these 90 s is 0.6 %.
    private static func refusals(_ kind: RateLimiterConfiguration.Kind, neighbour: Double) -> Double {
        switch kind {
        case .slidingCounter: neighbour < 5 ? 0.01 : 0.04
        case .tokenBucket: neighbour < 5 ? 0.005 : 0.012
        default: neighbour < 5 ? 0.01 : 0.013
        }
    }

    /// A sine of the period 1, made of two parabolas.
    private static func wave(_ turns: Double) -> Double {
        let half = (2 * turns).truncatingRemainder(dividingBy: 2)
        let place = half < 1 ? half : half - 1
        return (half < 1 ? 4 : -4) * place * (1 - place)
    }

    private func run(_ sites: [Site], seed: UInt64 = 1) async throws -> [BudgetSimulation.Outcome] {
        let results = Results()
        try await ScriptFixture.run { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, site) in sites.enumerated() {
                    group.addTask {
                        var simulation = BudgetSimulation(
                            site,
                            client: fixture.client,
                            key: "{limiter}\(number)",
                            seed: seed
                        )
                        await results.put(try await simulation.run(), at: number)
                    }
                }
                try await group.waitForAll()
            }
        }
        return await results.all
    }

    private actor Results {
        private var values: [Int: BudgetSimulation.Outcome] = [:]
        func put(_ outcome: BudgetSimulation.Outcome, at number: Int) { values[number] = outcome }
        var all: [BudgetSimulation.Outcome] { values.sorted { $0.key < $1.key }.map(\.value) }
    }

    @Test("Alone it uses 98 % and is never refused, with any number of replicas", arguments: [1, 2, 8])
    func alone(replicas: Int) async throws {
        let kinds = RateLimiterConfiguration.Kind.allCases
        let outcomes = try await run(
            kinds.flatMap {
                [
                    Site(kind: $0, replicas: replicas, seconds: 40),
                    Site(kind: $0, limit: 100, replicas: replicas, seconds: 20),
                ]
            }
        )
        for (number, outcome) in outcomes.enumerated() {
            let limit = number.isMultiple(of: 2) ? 10.0 : 100.0
            let span = 10..<(limit == 10 ? 40.0 : 20.0)
            #expect(outcome.refused.isEmpty, "\(kinds[number / 2]), \(limit) a second")
            #expect(
                outcome.rate(span) >= 0.96 * limit,
                "\(kinds[number / 2]), \(limit) a second: \(outcome.rate(span))"
            )
        }
    }

    @Test(
        "Beside a steady neighbour nine tenths of what is free are used, and refusals are rare",
        arguments: [3.0, 8.0]
    )
    func neighbour(rate: Double) async throws {
        let kinds = RateLimiterConfiguration.Kind.allCases
        let outcomes = try await run(
            kinds.flatMap { kind in [1, 4].map { Site(kind: kind, replicas: $0, neighbours: [.steady(rate)]) } }
        )
        for (number, outcome) in outcomes.enumerated() {
            let kind = kinds[number / 2]
            let used = outcome.rate(Self.steady) / (10 - rate)
            #expect(used >= Self.share(kind, neighbour: rate), "\(kind): \(used)")
            #expect(
                outcome.refusedShare(Self.steady) <= Self.refusals(kind, neighbour: rate),
                "\(kind): \(outcome.refusedShare(Self.steady))"
            )
            #expect(outcome.longestStop(Self.steady) <= 2, "\(kind): \(outcome.longestStop(Self.steady))")
        }
    }

    @Test("A limit that nobody told is found, and so is one that the headers promise too much of")
    func unknown() async throws {
        let kinds = RateLimiterConfiguration.Kind.allCases
        let cases: [(Int, BudgetSimulation.Headers)] = [(8, .none), (4, .none), (10, .promise(1000))]
        let outcomes = try await run(
            kinds.flatMap { kind in cases.map { Site(kind: kind, limit: $0, replicas: 2, headers: $1) } }
        )
        for (number, outcome) in outcomes.enumerated() {
            let (kind, limit) = (kinds[number / cases.count], Double(cases[number % cases.count].0))
            #expect(outcome.rate(Self.steady) >= 0.9 * limit, "\(kind), \(limit): \(outcome.rate(Self.steady))")
            #expect(
                outcome.refusedShare(Self.steady) <= 0.01,
                "\(kind), \(limit): \(outcome.refusedShare(Self.steady))"
            )
            #expect(outcome.longestStop(Self.steady) <= 2, "\(kind), \(limit): \(outcome.longestStop(Self.steady))")
        }
    }

    @Test("When the neighbour goes, the pace is full again within 10 seconds", arguments: [3.0, 5.0, 8.0])
    func leaves(rate: Double) async throws {
        let kinds = RateLimiterConfiguration.Kind.allCases
        let leaving = BudgetSimulation.Neighbour(rate: { $0 < 60 ? rate : 0 })
        let outcomes = try await run(
            kinds.flatMap { kind in
                [2, 4].map { Site(kind: kind, replicas: $0, neighbours: [leaving], seconds: 80) }
            }
        )
        for (number, outcome) in outcomes.enumerated() {
            let time = outcome.fullPace(of: 10, after: 60)
            #expect(time <= 10, "\(kinds[number / 2]): \(time)")
        }
    }

    @Test(
        "In a token bucket that tells its tokens, one request in a hundred is refused at most, whatever the neighbours do",
        arguments: 1...3
    )
    func bucket(seed: UInt64) async throws {
        typealias Neighbour = BudgetSimulation.Neighbour
        let neighbours: [[Neighbour]] = [
            [.steady(1)], [.steady(3)], [.steady(4.7)], [.steady(5)], [.steady(3), .steady(2)],
            [Neighbour(rate: { _ in 3 }, burst: 3)], [Neighbour(rate: { 4 + 3 * Self.wave($0 / 40) })],
            [Neighbour(rate: { $0.truncatingRemainder(dividingBy: 40) < 20 ? 5 : 0 })],
            [Neighbour(rate: { _ in 8 }, backsOff: true)],
        ]
        let outcomes = try await run(
            neighbours.enumerated().map { Site(kind: .tokenBucket, replicas: 1 + $0 % 4, neighbours: $1) },
            seed: seed
        )
        for (number, outcome) in outcomes.enumerated() {
            let (share, refused) = (outcome.share(of: 10, Self.steady), outcome.refusedShare(Self.steady))
            #expect(share >= 0.93, "neighbours \(number): \(share)")
            #expect(refused <= 0.01, "neighbours \(number): \(refused)")
            #expect(outcome.longestStop(Self.steady) <= 2, "neighbours \(number)")
        }
    }

    @Test(
        "A window that is no token bucket is not taken for one for long, whatever the neighbours do",
        arguments: 1...2
    )
    func noBucket(seed: UInt64) async throws {
        typealias Neighbour = BudgetSimulation.Neighbour
        let kinds: [RateLimiterConfiguration.Kind] = [.fixedAligned, .fixedFirst, .slidingLog, .slidingCounter]
        let neighbours: [[Neighbour]] = [
            [.steady(3), .steady(2)], [Neighbour(rate: { $0 < 60 ? 8 : 6 })],
            [Neighbour(rate: { $0.truncatingRemainder(dividingBy: 40) < 20 ? 5 : 0 })],
        ]
        let outcomes = try await run(
            kinds.flatMap { kind in neighbours.map { Site(kind: kind, replicas: 2, neighbours: $0) } },
            seed: seed
        )
        for (number, outcome) in outcomes.enumerated() {
            let share = outcome.share(of: 10, Self.steady)
            let least = kinds[number / 3] == .slidingCounter ? 0.33 : 0.5
            #expect(share >= least, "\(kinds[number / 3]), neighbours \(number % 3): \(share)")
            #expect(outcome.longestStop(Self.steady) <= 2, "\(kinds[number / 3]), neighbours \(number % 3)")
        }
    }

    @Test("Redis' clock may be set back, forward, or both every second: it costs no more than an interval each time")
    func clocks() async throws {
        let clocks: [@Sendable (Double) -> Double] = [
            { $0 < 20 ? $0 : $0 - 20 }, { $0 < 20 ? $0 : $0 - 3600 }, { $0 < 20 ? $0 : $0 + 20 },
            { $0 - $0.rounded(.down) }, { $0 + ($0.rounded(.down).truncatingRemainder(dividingBy: 2) == 0 ? 1 : 0) },
        ]
        let outcomes = try await run(clocks.map { Site(kind: .slidingLog, clock: $0, seconds: 40) })
        for (number, outcome) in outcomes.enumerated() {
            #expect(outcome.longestStop(10..<40) <= 0.35, "clock \(number): \(outcome.longestStop(10..<40))")
            #expect(outcome.rate(10..<40) >= 8, "clock \(number): \(outcome.rate(10..<40))")
            #expect(outcome.refused.isEmpty, "clock \(number)")
        }
    }

    @Test("The lowest limit that a replica is configured with holds for all; Retry-After is honoured")
    func capsAndPauses() async throws {
        let sites = [
            Site(replicas: 3, caps: [nil, 4, 8], seconds: 40),
            Site(limit: 4, headers: .none, retryAfter: .seconds(5), seconds: 60),
        ]
        let outcomes = try await run(sites)
        #expect(outcomes[0].rate(10..<40) <= 4 && outcomes[0].rate(10..<40) >= 3.7)
        // The first replica may have permits before the others have told their limits.
        #expect(outcomes[0].mostInASecond(1..<40) <= 5)
        for refusal in outcomes[1].refused {
            // What was under way already may still arrive.
            #expect(!outcomes[1].accepted.contains { $0 > refusal + 0.5 && $0 < refusal + 4.9 }, "after \(refusal)")
        }
    }
}
