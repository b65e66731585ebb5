import Loops

/// Decides whether any request may start: the key is good, Loops is up, and the budget has a permit.
///
/// A value: what Loops answers goes in, an admission comes out. Everything here concerns all lanes alike; what concerns one event stays in
/// its lane.
struct Gate: Sendable {
    enum Admission: Equatable {
        /// A request may start now; call ``started(now:)``.
        case go
        /// Ask `GET /api-key` now; call ``keyProbeStarted()``, then ``keyProbed(isGood:now:random:)``.
        case probeKey
        /// Nothing before this instant, or before the next result when nil.
        case wait(until: ContinuousClock.Instant?)
    }

    /// Why nothing is sent, for people.
    enum Hold: String, Sendable {
        case none, unauthorized, outage, throttled
    }

    private enum Key: Sendable, Equatable {
        case good
        case refused(probeAt: ContinuousClock.Instant, probes: Int)
        case probing(probes: Int)
    }

    private var key = Key.good
    private(set) var circuit = Circuit()
    private var bucket: TokenBucket
    private var throttles = 0
    private var throttledUntil: ContinuousClock.Instant?
    private let keyBackoff = RetryPolicy(base: .seconds(2), cap: .seconds(60))
    private let throttleBackoff = RetryPolicy(base: .seconds(1), cap: .seconds(30))
    /// When Loops last took a request.
    private(set) var lastDelivery: ContinuousClock.Instant?

    init(ratePerSecond: Double) {
        bucket = TokenBucket(ratePerSecond: ratePerSecond)
    }

    /// Whether Loops takes our key, as far as is known.
    var isAuthorized: Bool { key == .good }

    func hold(now: ContinuousClock.Instant) -> Hold {
        if key != .good { return .unauthorized }
        if circuit.state != .closed { return .outage }
        if let throttledUntil, throttledUntil > now { return .throttled }
        return .none
    }

    func admission(now: ContinuousClock.Instant) -> Admission {
        switch key {
        case .probing: return .wait(until: nil)
        case .refused(let probeAt, _): return probeAt <= now ? .probeKey : .wait(until: probeAt)
        case .good: break
        }
        if case .wait(let until) = circuit.admission(now: now) { return .wait(until: until) }
        if let due = bucket.waitUntil(now: now) { return .wait(until: due) }
        return .go
    }

    mutating func started(now: ContinuousClock.Instant) {
        bucket.take(now: now)
        circuit.started()
    }

    /// So many replicas share the budget.
    mutating func share(among replicas: Int) { bucket.share(among: replicas) }

    /// A request that was to start was not sent.
    mutating func unsent() { circuit.unsent() }

    /// What changed for all lanes.
    enum Change: Equatable {
        case nothing
        /// Loops is back, or the key is good again: wake every waiting lane.
        case resumed
        case opened
        case refused
        case throttled
    }

    /// Takes the outcome of a request.
    /// - Parameter random: in `0..<1`.
    mutating func observe(_ outcome: LoopsOutcome, now: ContinuousClock.Instant, random: Double) -> Change {
        switch outcome {
        case .delivered, .alreadyDelivered:
            lastDelivery = now
            throttles = 0
            return circuit.answered() ? .resumed : .nothing
        case .rejected:
            return circuit.answered() ? .resumed : .nothing
        case .unauthorized:
            _ = circuit.answered()
            guard key == .good else { return .nothing }
            key = .refused(probeAt: now + keyBackoff.delay(afterFailures: 1, random: 0.5 + random / 2), probes: 0)
            return .refused
        case .throttled:
            _ = circuit.answered()
            throttles += 1
            let until = now + .milliseconds(500) + throttleBackoff.delay(afterFailures: throttles, random: random)
            bucket.pause(until: until)
            throttledUntil = until
            return .throttled
        case .retry:
            return circuit.failed(now: now, random: random) ? .opened : .nothing
        }
    }

    mutating func keyProbeStarted(now: ContinuousClock.Instant) {
        if case .refused(_, let probes) = key { key = .probing(probes: probes + 1) }
        bucket.take(now: now)
    }

    /// Takes the answer of the key probe.
    mutating func keyProbed(isGood: Bool, now: ContinuousClock.Instant, random: Double) -> Change {
        guard case .probing(let probes) = key else { return .nothing }
        if isGood {
            key = .good
            return .resumed
        }
        key = .refused(
            probeAt: now + keyBackoff.delay(afterFailures: probes + 1, random: 0.5 + random / 2),
            probes: probes
        )
        return .nothing
    }
}
