import DevKit
import LoopsSimulator
import RedisStreams

@testable import Bridge
@testable import StreamGroups
@testable import Support

/// Minutes of a limited API in a moment: the real script in a real Redis with a made-up clock, the real permits of some replicas that always have
/// something to send, other clients of the same key, and each kind of window that Loops may use.
struct BudgetSimulation {
    enum Headers: Sendable {
        case right, none
        /// They tell another limit than the one that is applied.
        case promise(Int)
    }

    /// Another client of the same key.
    struct Neighbour: Sendable {
        /// Requests a second, by the time.
        var rate: @Sendable (_ seconds: Double) -> Double
        /// It sends so many at once.
        var burst = 1
        /// A refusal halves its rate, which comes back within 20 s.
        var backsOff = false

        static func steady(_ rate: Double) -> Neighbour { Neighbour(rate: { _ in rate }) }
    }

    struct Site: Sendable {
        var kind = RateLimiterConfiguration.Kind.fixedFirst
        var limit = 10
        var replicas = 1
        var headers = Headers.right
        var neighbours: [Neighbour] = []
        /// What Redis' clock shows, by the time.
        var clock: @Sendable (_ seconds: Double) -> Double = { $0 }
        /// How long a refusal asks to wait.
        var retryAfter: Duration?
        /// The replicas' configured limits.
        var caps: [Double?] = []
        var seconds = 120.0
    }

    struct Outcome: Sendable {
        var accepted: [Double] = []
        var refused: [Double] = []
        /// Those of the neighbours that were accepted.
        var others: [Double] = []

        /// Accepted requests a second.
        func rate(_ span: Range<Double>) -> Double {
            Double(accepted.count(where: span.contains)) / (span.upperBound - span.lowerBound)
        }
        func refusedShare(_ span: Range<Double>) -> Double {
            let refused = Double(refused.count(where: span.contains))
            return refused / max(1, refused + Double(accepted.count(where: span.contains)))
        }
        /// What was used of what the neighbours left.
        func share(of limit: Int, _ span: Range<Double>) -> Double {
            let theirs = Double(others.count(where: span.contains)) / (span.upperBound - span.lowerBound)
            return rate(span) / (Double(limit) - theirs)
        }
        /// How long after an instant nine tenths of the limit are used for three seconds; infinity when they never are.
        func fullPace(of limit: Int, after begin: Double) -> Double {
            let starts = accepted.indices.filter { accepted[$0] >= begin }
            let first = starts.first { start in
                accepted[start...].prefix { $0 < accepted[start] + 3 }.count >= (27 * limit + 9) / 10
            }
            return first.map { accepted[$0] - begin } ?? .infinity
        }
        /// The longest time without an accepted request.
        func longestStop(_ span: Range<Double>) -> Double {
            let times = [span.lowerBound] + accepted.filter(span.contains) + [span.upperBound]
            return zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
        }
        /// The most accepted requests within a second.
        func mostInASecond(_ span: Range<Double>) -> Int {
            accepted.indices.filter { span.contains(accepted[$0]) }.map { first in
                accepted[first...].prefix { $0 < accepted[first] + 1 }.count
            }.max() ?? 0
        }
    }

    fileprivate enum Event {
        case neighbour(Int)
        case step(Int)
        case granted(Int, PermitGrant)
        case arrives(Int)
        case answered(Int, isAccepted: Bool, left: Int)
    }

    private struct Replica {
        var permits: PermitPool
        var inFlight = 0
        var wake: Double?
    }

    private let site: Site
    private let client: RedisClient
    private let script: RedisScript
    private let key: String
    private let start = ContinuousClock.now
    private var random: SplitMix64
    private var window: RateLimiterModel
    /// Where Loops' windows begin, in seconds.
    private let phase: Double
    /// What is left of each neighbour's rate after it has backed off.
    private var slowed: [Double]
    private var replicas: [Replica]
    /// Latest first.
    private var events: [(at: Double, event: Event)] = []
    private var outcome = Outcome()

    /// - Parameter key: of the limiter; one of its own for each simulation.
    init(_ site: Site, client: RedisClient, key: String, seed: UInt64 = 1) {
        self.site = site
        self.client = client
        self.key = key
        random = SplitMix64(seed: seed)
        phase = .random(in: 0..<1, using: &random)
        slowed = site.neighbours.map { _ in 1 }
        window = RateLimiterModel(configuration: .init(kind: site.kind, limit: site.limit), seed: seed)
        let caps = site.caps
        replicas = (0..<site.replicas).map { number in
            Replica(permits: PermitPool(isLimited: true, hasCap: caps.indices.contains(number) && caps[number] != nil))
        }
        let source = AcquirePermitsScript.source.script.source
        script = RedisScript(
            name: "acquire_permits",
            source: source.replacing("redis.call('TIME')", with: "{ ARGV[#ARGV - 1], ARGV[#ARGV] }")
        )
    }

    mutating func run() async throws -> Outcome {
        for replica in replicas.indices { add(.step(replica), at: dice(0...0.05)) }
        for number in site.neighbours.indices { add(.neighbour(number), at: 0.013 + 0.031 * Double(number)) }
        while let (now, event) = events.popLast(), now < site.seconds {
            switch event {
            case .neighbour(let number): neighbour(number, now)
            case .step(let number):
                replicas[number].wake = nil
                try await step(number, now)
            case .granted(let number, let grant):
                _ = replicas[number].permits.granted(grant, now: instant(now))
                try await step(number, now)
            case .arrives(let number):
                let decision = window.admit(now: nanoseconds(now))
                if decision.isAllowed { outcome.accepted.append(now) } else { outcome.refused.append(now) }
                let work = decision.isAllowed ? dice(0.04...0.12) : 0.002
                let answer = Event.answered(number, isAccepted: decision.isAllowed, left: decision.remaining)
                add(answer, at: now + work)
            case .answered(let number, let isAccepted, let left):
                replicas[number].inFlight -= 1
                switch site.headers {
                case .right: replicas[number].permits.observe(limit: site.limit, remaining: left)
                case .none: break
                case .promise(let limit):
                    replicas[number].permits.observe(limit: limit, remaining: limit - (site.limit - left))
                }
                if !isAccepted { replicas[number].permits.refused(retryAfter: site.retryAfter) }
                try await step(number, now)
            }
        }
        return outcome
    }

    private mutating func neighbour(_ number: Int, _ now: Double) {
        let neighbour = site.neighbours[number]
        let rate = neighbour.rate(now) * slowed[number]
        guard rate > 0.01 else { return add(.neighbour(number), at: now + 0.05) }
        let gap = Double(neighbour.burst) / rate
        for _ in 0..<neighbour.burst {
            let isAllowed = window.admit(now: nanoseconds(now)).isAllowed
            if isAllowed { outcome.others.append(now) }
            guard neighbour.backsOff else { continue }
            slowed[number] = isAllowed ? min(1, slowed[number] + gap / 20) : slowed[number] / 2
        }
        add(.neighbour(number), at: now + gap)
    }

    /// What a deliverer does that always has something to send.
    private mutating func step(_ number: Int, _ now: Double) async throws {
        _ = replicas[number].permits.discardExpired(now: instant(now))
        while replicas[number].inFlight < 16, replicas[number].permits.isDue(now: instant(now)) {
            replicas[number].permits.take()
            replicas[number].inFlight += 1
            add(.arrives(number), at: now + dice(0.0005...0.0045))
        }
        if let request = replicas[number].permits.request(demand: 100, now: instant(now)) {
            let at = now + dice(0.0003...0.001)
            add(.granted(number, try await ask(request, number, at)), at: at + dice(0.0003...0.001))
        }
        guard let wake = replicas[number].permits.nextWake else { return }
        let at = max((wake - start) / .seconds(1), now + 1e-6)
        if let planned = replicas[number].wake, planned <= at { return }
        replicas[number].wake = at
        add(.step(number), at: at)
    }

    private func ask(_ request: PermitRequest, _ number: Int, _ now: Double) async throws -> PermitGrant {
        let cap = site.caps.indices.contains(number) ? site.caps[number] : nil
        let microseconds = Int64((1_700_000_000 + site.clock(now)) * 1e6)
        let time = [String(microseconds / 1_000_000), String(microseconds % 1_000_000)]
        let arguments = AcquirePermitsScript.arguments(request, cap: cap) + time
        return try PermitGrant(
            try await client.run(script, keys: [key], arguments: arguments.map { .string($0) })
        )
    }

    private mutating func add(_ event: Event, at: Double) {
        let place = events.partition(after: at)
        events.insert((at, event), at: place)
    }

    private mutating func dice(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    private func instant(_ now: Double) -> ContinuousClock.Instant { start + .seconds(now) }
    private func nanoseconds(_ now: Double) -> Int64 { Int64((now + phase + 1000) * 1e9) }
}

extension [(at: Double, event: BudgetSimulation.Event)] {
    /// Where an event of this instant belongs, the latest first.
    fileprivate func partition(after at: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].at > at { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
