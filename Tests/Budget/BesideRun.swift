import LoopsSimulator
import RedisStreams

/// What is used of what others leave, of a limit that nobody told, and while Redis' clock is set back.
struct BesideRun: Sendable {
    struct Case: Sendable {
        let name: String
        var limit = 10
        /// Requests a second of another client.
        var neighbour = 0
        /// What the headers tell: 0 for the limit, -1 for nothing.
        var told = 0
        /// How far Redis' clock is set back each second, in seconds.
        var setBack = 0

        static let all = [
            Case(name: "neighbour 3/s of 10", neighbour: 3),
            Case(name: "neighbour 8/s of 10", neighbour: 8),
            Case(name: "limit 8, not told", limit: 8, told: -1),
            Case(name: "limit 4, not told", limit: 4, told: -1),
            Case(name: "limit 10, 1,000 told", told: 1000),
            Case(name: "clock set back 1 s each second", setBack: 1),
            Case(name: "clock set back 20 s each second", setBack: 20),
        ]
    }

    static let head = ["case", "limiter", "replicas", "used ÷ free", "429 share", "longest stop"]

    /// Time for the limiter to find out, in seconds.
    private static let warmUp = 30

    let what: Case
    let kind: RateLimiterConfiguration.Kind
    let replicas: Int
    let seconds: Int
    let options: BudgetCommand.Options

    func row() async throws -> [String] {
        var simulation = SimulatorConfiguration.limited(kind, what.limit, seed: options.seed)
        simulation.limiter.foreignLoad = what.neighbour
        simulation.limiter.toldLimit = what.told
        let (count, seconds, what) = (12 * (Self.warmUp + seconds + 10), seconds, what)
        return try await Site.run(
            replicas: replicas,
            simulation: simulation,
            options: options,
            prepare: { try await LimitRun.publish(count, $0) },
            body: { site in
                try await site.settled()
                try await Task.sleep(for: .seconds(Self.warmUp))
                let begin = Site.now
                for _ in 0..<seconds {
                    try await Task.sleep(for: .seconds(1))
                    if what.setBack > 0 { try await site.setClockBack(what.setBack) }
                }
                let end = begin + Int64(seconds) * 1_000_000_000
                let requests = site.simulator.requests().filter { (begin..<end).contains($0.arrivalNanoseconds) }
                let refused = requests.count { $0.status == 429 }
                let accepted = requests.filter(\.isCommitted).map(\.arrivalNanoseconds)
                let times = [begin] + accepted + [end]
                let stop = zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
                return [
                    what.name, kind.rawValue, "\(replicas)",
                    (Double(accepted.count) / Double((what.limit - what.neighbour) * seconds)).text(3),
                    (100 * Double(refused) / Double(max(requests.count, 1))).text(2) + " %",
                    (Double(stop) / 1e9).text(2) + " s",
                ]
            }
        )
    }
}

extension Site {
    /// As if Redis' clock had been set back since the limiter's last call: what it remembers of the clock lies so far ahead.
    fileprivate func setClockBack(_ seconds: Int) async throws {
        let keys = try await client.send(RedisCommand("KEYS", ["{loops-bridge:limiter:*"])).array ?? []
        for key in keys.compactMap(\.text) {
            let arguments: [RedisArgument] = [.string(key), "clock", .string(String(seconds * 1_000_000))]
            _ = try await client.send(RedisCommand("HINCRBYFLOAT", arguments))
        }
    }
}
