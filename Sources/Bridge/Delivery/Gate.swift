import Loops

/// Decides whether any request may start: the key is good, Loops is up, and it has not refused one for its rate just now.
///
/// A value: what Loops answers goes in, an admission comes out. Everything here concerns all lanes alike; what concerns one event stays in
/// its lane.
struct Gate: Sendable {
    enum Admission: Equatable {
        /// A request may start now; call ``started()``.
        case go
        /// Ask `GET /api-key` now; call ``keyProbeStarted()``, then ``keyProbed(_:now:random:)``.
        case probeKey
        /// Nothing before this instant, or before the next result when nil.
        case wait(until: ContinuousClock.Instant?)
    }

    /// Why nothing is sent, for people.
    enum Hold: String, Sendable {
        case none, unauthorized, outage, throttled
    }

    private enum Key: Sendable, Equatable {
        /// To be asked before the first request: a release with a wrong key is to be seen before an event meets it.
        case untried
        case firstProbe
        case good
        case refused(probeAt: ContinuousClock.Instant, probes: Int)
        case probing(probes: Int)
    }

    private var key: Key
    /// When a probe last found the key good.
    private(set) var keyFoundGood: ContinuousClock.Instant?
    private(set) var circuit = Circuit()
    private var throttles = 0
    private var throttledUntil: ContinuousClock.Instant?
    private let keyBackoff = RetryPolicy(base: .seconds(2), cap: .seconds(60))
    private let throttleBackoff = RetryPolicy(base: .seconds(1), cap: .seconds(30))
    /// When Loops last took a request.
    private(set) var lastDelivery: ContinuousClock.Instant?

    /// Whether a limiter holds everybody back after a refusal for the rate; if not, the gate does, longer each time.
    private let isPaced: Bool

    /// - Parameter asksForKey: whether the key is tried before the first request.
    init(isPaced: Bool, asksForKey: Bool = false) {
        self.isPaced = isPaced
        self.key = asksForKey ? .untried : .good
    }

    /// Whether Loops takes our key, as far as is known.
    var isAuthorized: Bool {
        switch key {
        case .untried, .firstProbe, .good: true
        case .refused, .probing: false
        }
    }

    func hold(now: ContinuousClock.Instant) -> Hold {
        if !isAuthorized { return .unauthorized }
        if circuit.state != .closed { return .outage }
        if let throttledUntil, throttledUntil > now { return .throttled }
        return .none
    }

    /// - Parameter next: the lane whose turn it is.
    func admission(now: ContinuousClock.Instant, next: LaneKey? = nil) -> Admission {
        switch key {
        case .untried: return .probeKey
        case .firstProbe, .probing: return .wait(until: nil)
        case .refused(let probeAt, _): return probeAt <= now ? .probeKey : .wait(until: probeAt)
        case .good: break
        }
        if case .wait(let until) = circuit.admission(now: now, next: next) { return .wait(until: until) }
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
    /// - Parameters:
    ///   - lane: whose request it was; nil for one of no lane in particular.
    ///   - random: in `0..<1`.
    mutating func observe(
        _ outcome: LoopsOutcome,
        of lane: LaneKey? = nil,
        now: ContinuousClock.Instant,
        random: Double
    ) -> Change {
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
        // Somebody answered, and it is this request's own affair.
        case .retry(.forbidden), .retry(.inProgress):
            return circuit.answered() ? .resumed : .nothing
        case .retry:
            return circuit.failed(lane, now: now, random: random) ? .opened : .nothing
        }
    }

    mutating func keyProbeStarted() {
        switch key {
        case .untried: key = .firstProbe
        case .refused(_, let probes): key = .probing(probes: probes + 1)
        case .firstProbe, .good, .probing: break
        }
    }

    /// Takes the answer of the key probe.
    mutating func keyProbed(_ outcome: LoopsOutcome, now: ContinuousClock.Instant, random: Double) -> Change {
        if outcome.isDelivered { keyFoundGood = now }
        if key == .firstProbe {
            // Loops that is down says nothing against the key.
            key = .good
            return outcome == .unauthorized ? observe(outcome, now: now, random: random) : .nothing
        }
        guard case .probing(let probes) = key else { return .nothing }
        if outcome.isDelivered {
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
