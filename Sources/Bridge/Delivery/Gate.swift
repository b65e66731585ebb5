import Loops

/// Decides whether any request may start: the key is good, Loops is up, and it has not refused one for its rate just now.
///
/// A value: what Loops answers goes in, an admission comes out. Everything here concerns all lanes alike; what concerns one event stays in
/// its lane.
struct Gate: Sendable {
    enum Admission: Equatable {
        /// A request may start now; call ``started()``.
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
    private var throttles = 0
    private var throttledUntil: ContinuousClock.Instant?
    private let keyBackoff = RetryPolicy(base: .seconds(2), cap: .seconds(60))
    private let throttleBackoff = RetryPolicy(base: .seconds(1), cap: .seconds(30))
    /// When Loops last took a request.
    private(set) var lastDelivery: ContinuousClock.Instant?

    /// Whether a limiter holds everybody back after a refusal for the rate; if not, the gate does, longer each time.
    private let isPaced: Bool

    init(isPaced: Bool) {
        self.isPaced = isPaced
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
        if let throttledUntil, throttledUntil > now { return .wait(until: throttledUntil) }
        return .go
    }

    mutating func started() { circuit.started() }

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
            let delay = isPaced ? .zero : throttleBackoff.delay(afterFailures: throttles, random: random)
            let until = now + .milliseconds(500) + delay
            throttledUntil = max(throttledUntil ?? until, until)
            return .throttled
        case .retry:
            return circuit.failed(now: now, random: random) ? .opened : .nothing
        }
    }

    mutating func keyProbeStarted() {
        if case .refused(_, let probes) = key { key = .probing(probes: probes + 1) }
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
