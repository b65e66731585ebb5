import LoopsSimulator
import RedisStreams

/// How much of a limit is used under one kind of limiter, and how evenly replicas share it.
struct LimitRun: Sendable {
    let kind: RateLimiterConfiguration.Kind
    let limit: Int
    let replicas: Int
    let seconds: Int
    let options: BudgetCommand.Options

    /// Time for the replicas to find their pace, in seconds.
    private static let warmUp = 4

    func row() async throws -> [String] {
        let count = limit * (seconds + Self.warmUp + 30)
        return try await Site.run(
            replicas: replicas,
            simulation: .limited(kind, limit, seed: options.seed),
            // Requests take 82 ms here: with fewer at once, their number is the limit.
            environment: ["LOOPS_MAX_IN_FLIGHT": "\(max(16, min(limit / 4, 1000)))"],
            options: options,
            prepare: { try await Self.publish(count, $0) },
            body: { site in
                try await site.settled()
                try await Task.sleep(for: .seconds(Self.warmUp))
                let before = try await site.metric(#"loops_bridge_ratelimit_permits_total{outcome="used"}"#)
                let begin = Site.now
                try await Task.sleep(for: .seconds(seconds))
                let end = begin + Int64(seconds) * 1_000_000_000
                let after = try await site.metric(#"loops_bridge_ratelimit_permits_total{outcome="used"}"#)
                let requests = site.simulator.requests().filter { (begin..<end).contains($0.arrivalNanoseconds) }
                let refused = requests.count { $0.status == 429 }
                let accepted = Double(requests.count { $0.isCommitted }) / Double(limit * seconds)
                return [
                    kind.rawValue, "\(limit)", "\(replicas)", accepted.text(3),
                    (100 * Double(refused) / Double(max(requests.count, 1))).text(2) + " %",
                    Self.fairness(zip(after, before).map { $0 - $1 }).text(3),
                ]
            }
        )
    }

    /// Jain's index: 1 when all get the same, 1 ÷ n when one gets all.
    private static func fairness(_ shares: [Double]) -> Double {
        let squares = shares.reduce(0) { $0 + $1 * $1 }
        let sum = shares.reduce(0, +)
        return squares > 0 ? sum * sum / (Double(shares.count) * squares) : 0
    }

    /// More than can be sent, from so many contacts that none holds another up.
    static func publish(_ count: Int, _ client: RedisClient) async throws {
        try await client.publish(
            (0..<count).lazy.map { number in
                #"{"type":"track","event":"Budget","messageId":"b-\#(number)","userId":"user-\#(number % 1000)","properties":{"email":"user-\#(number % 1000)@example.com"}}"#
            }
        )
    }
}

extension RedisClient {
    /// Adds events in large portions.
    func publish(_ events: some Sequence<String>, to stream: String = "segment:events") async throws {
        var commands: [RedisCommand] = []
        for event in events {
            commands.append(RedisCommand("XADD", [.string(stream), "*", "event", .string(event)]))
            if commands.count == 1000 {
                for answer in try await pipeline(commands, timeout: .seconds(60)) { _ = try answer.get() }
                commands = []
            }
        }
        if commands.isEmpty { return }
        for answer in try await pipeline(commands, timeout: .seconds(60)) { _ = try answer.get() }
    }
}

extension Double {
    /// With so many decimals.
    func text(_ decimals: Int) -> String {
        let factor = (0..<decimals).reduce(1.0) { result, _ in result * 10 }
        let rounded = Int64((self * factor).rounded())
        guard decimals > 0 else { return "\(rounded)" }
        let fraction = String(rounded.magnitude % UInt64(factor))
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return "\(rounded / Int64(factor)).\(zeros)\(fraction)"
    }
}
