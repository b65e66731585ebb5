import Loops

/// Decides whether any request may start: the key is good, Loops is up, and it has not refused one for its rate just now.
///
/// A value: what Loops answers goes in, an admission comes out. Everything here concerns all contact queues alike; what concerns one event stays in
/// its contact queue.
struct AdmissionControl: Sendable {
    enum Admission: Equatable {
        /// A request may start now; call ``started()``.
        case go
        /// Ask `GET /api-key` now; call ``keyProbeStarted()``, then ``keyProbed(_:now:random:)``.
        case probeKey
        /// Nothing before this instant, or before the next result when nil.
        case wait(until: ContinuousClock.Instant?)
    }

    /// Why nothing is sent, for people.
    enum BlockReason: String, Sendable {
        case none, unauthorized, wrongAddress, outage, throttled
    }

    /// What Loops, or who answers in its place, does not take.
    enum Refusal: Sendable, Equatable {
        case key, address

        init?(_ outcome: LoopsOutcome) {
            switch outcome {
            case .unauthorized: self = .key
            case .wrongAddress: self = .address
            default: return nil
            }
        }
    }

    /// What finds out whether a refusal still holds.
    private enum Probe: Sendable, Equatable {
        /// `GET /api-key`.
        case key
        /// A contact queue's request: who answers here knows no `GET /api-key`, as many a stand-in for Loops.
        case request
    }

    private enum Key: Sendable, Equatable {
        /// To be asked before the first request: a release with a wrong key is to be seen before an event meets it.
        case untried
        case firstProbe
        case good
        case refused(Refusal, probeAt: ContinuousClock.Instant, by: Probe = .key)
        case probing(Refusal)
        /// A contact queue's request, due at `since`, is the probe.
        case trying(Refusal, since: ContinuousClock.Instant)
    }

    private var key: Key
    private(set) var reach = Reachability()
    /// When a probe last found the key good.
    private(set) var keyFoundGood: ContinuousClock.Instant?
    /// Whether who answers at the address knows no `GET /api-key`, and has taken nothing yet.
    private(set) var doubtsAddress = false
    private(set) var circuitBreaker = CircuitBreaker()
    private var throttles = 0
    private var throttledUntil: ContinuousClock.Instant?
    /// Between two tries of a refused key: all replicas are to go on within two seconds of its mending. Each try takes a permit of the limiter,
    /// so that many replicas do not ask more often than the team may.
    private static let keyProbeInterval = (least: Duration.seconds(1), spread: Duration.milliseconds(500))
    private let throttleBackoff = RetryPolicy(base: .seconds(1), cap: .seconds(30))
    /// When Loops last took a request.
    private(set) var lastDelivery: ContinuousClock.Instant?

    /// Whether a limiter holds everybody back after a refusal for the rate; if not, the gate does, longer each time.
    private let isPaced: Bool
    /// Whether Loops is asked while nothing waits.
    private let asksForKey: Bool

    /// - Parameter asksForKey: whether the key is tried before the first request, and until Loops has answered.
    init(isPaced: Bool, asksForKey: Bool = false) {
        self.isPaced = isPaced
        self.asksForKey = asksForKey
        self.key = asksForKey ? .untried : .good
    }

    /// What is refused, as far as is known.
    var refusal: Refusal? {
        switch key {
        case .untried, .firstProbe, .good: nil
        case .refused(let refusal, _, _), .probing(let refusal), .trying(let refusal, _): refusal
        }
    }

    /// Whether Loops takes our key, as far as is known.
    var isAuthorized: Bool { refusal != .key }

    /// Whether anything is to be asked of Loops while nothing waits, and when.
    private var idleProbe: ContinuousClock.Instant? { asksForKey ? reach.probeAt : nil }

    /// Whether it has to be looked at again while nothing waits.
    var isWatching: Bool { refusal != nil || idleProbe != nil }

    /// Whether nobody knows yet if Loops can be reached, though it is asked at the start.
    var isUnreached: Bool { !reach.isReached && (asksForKey || reach.failure != nil) }

    /// When something is tried again that is held now; nil when nothing is held, or it depends on an answer under way.
    func nextTry(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        if case .refused(_, let probeAt, _) = key { return probeAt }
        if case .open(let until) = circuitBreaker.state { return until }
        if let throttledUntil, throttledUntil > now { return throttledUntil }
        return idleProbe
    }

    func hold(now: ContinuousClock.Instant) -> BlockReason {
        switch refusal {
        case .key: return .unauthorized
        case .address: return .wrongAddress
        case nil: break
        }
        if circuitBreaker.state != .closed { return .outage }
        if let throttledUntil, throttledUntil > now { return .throttled }
        return .none
    }

    /// - Parameters:
    ///   - next: the contact queue whose turn it is.
    ///   - isIdle: nothing waits.
    func admission(now: ContinuousClock.Instant, next: OrderingKey? = nil, isIdle: Bool = false) -> Admission {
        switch key {
        case .untried: return .probeKey
        case .firstProbe, .probing, .trying: return .wait(until: nil)
        case .refused(_, let probeAt, _) where probeAt > now: return .wait(until: probeAt)
        case .refused(_, _, by: .request) where !isIdle: break
        case .refused: return .probeKey
        case .good: break
        }
        if isIdle, let idleProbe { return idleProbe <= now ? .probeKey : .wait(until: idleProbe) }
        if case .wait(let until) = circuitBreaker.admission(now: now, next: next) { return .wait(until: until) }
        // The limiter holds everybody back by itself, and for as long as is needed.
        if !isPaced, let throttledUntil, throttledUntil > now { return .wait(until: throttledUntil) }
        return .go
    }

    mutating func started() {
        if case .refused(let refusal, let probeAt, by: .request) = key { key = .trying(refusal, since: probeAt) }
        circuitBreaker.started()
    }

    /// A request that was to start was not sent.
    mutating func notSent() {
        if case .trying(let refusal, let since) = key { key = .refused(refusal, probeAt: since, by: .request) }
        circuitBreaker.notSent()
    }

    /// What changed for all contact queues.
    enum Change: Equatable {
        case nothing
        /// Loops is back, or the key is good again: wake every waiting contact queue.
        case resumed
        case opened
        case refused
        case throttled
    }

    /// Takes that anybody answered, or nobody. Call it with each answer, before what it means is taken.
    /// - Parameter random: in `0..<1`.
    mutating func heard(_ answer: LoopsResponse, now: ContinuousClock.Instant, random: Double) {
        reach.heard(answer, now: now, random: random)
    }

    /// Takes the outcome of a request.
    /// - Parameters:
    ///   - contact queue: whose request it was; nil for one of no contact queue in particular.
    ///   - retryAfter: how long Loops asks to wait.
    ///   - random: in `0..<1`.
    mutating func observe(
        _ outcome: LoopsOutcome,
        of contactQueue: OrderingKey? = nil,
        retryAfter: Duration? = nil,
        now: ContinuousClock.Instant,
        random: Double
    ) -> Change {
        if outcome.isDelivered { doubtsAddress = false }
        if case .trying(let refusal, _) = key {
            guard outcome.isAnswerOfLoops else {
                refuse(Refusal(outcome) ?? refusal, now: now, random: random)
                return .nothing
            }
            key = .good
            let change = observe(outcome, of: contactQueue, now: now, random: random)
            return change == .nothing ? .resumed : change
        }
        switch outcome {
        case .delivered, .alreadyDelivered:
            lastDelivery = now
            throttles = 0
            return circuitBreaker.answered() ? .resumed : .nothing
        case .rejected:
            return circuitBreaker.answered() ? .resumed : .nothing
        case .unauthorized, .wrongAddress:
            _ = circuitBreaker.answered()
            guard key == .good, let refusal = Refusal(outcome) else { return .nothing }
            refuse(refusal, now: now, random: random)
            return .refused
        case .throttled:
            _ = circuitBreaker.answered()
            throttles += 1
            let delay = isPaced ? .zero : throttleBackoff.delay(afterFailures: throttles, random: random)
            let until = now + max(.milliseconds(500) + delay, retryAfter ?? .zero)
            throttledUntil = max(throttledUntil ?? until, until)
            return .throttled
        // Somebody answered, and it is this request's own affair.
        case .retry(.forbidden), .retry(.notFound), .retry(.inProgress):
            return circuitBreaker.answered() ? .resumed : .nothing
        case .retry:
            return circuitBreaker.failed(contactQueue, now: now, random: random) ? .opened : .nothing
        }
    }

    mutating func keyProbeStarted() {
        reach.probeStarted()
        switch key {
        case .untried: key = .firstProbe
        case .refused(let refusal, _, _): key = .probing(refusal)
        case .firstProbe, .good, .probing, .trying: break
        }
    }

    /// Takes the answer of the key probe.
    mutating func keyProbed(_ outcome: LoopsOutcome, now: ContinuousClock.Instant, random: Double) -> Change {
        if outcome.isDelivered { keyFoundGood = now }
        // No word about the key. The first request finds out whether the rest of the API is there.
        let isUnknown = outcome == .wrongAddress
        if isUnknown { doubtsAddress = true } else if outcome.isDelivered { doubtsAddress = false }
        switch key {
        case .firstProbe, .good:
            // Loops that is down says nothing against the key.
            key = .good
            return outcome == .unauthorized ? observe(outcome, now: now, random: random) : .nothing
        case .probing(let refusal):
            if outcome.isDelivered {
                key = .good
                return .resumed
            }
            let (found, next) = isUnknown ? (refusal, Probe.request) : (Refusal(outcome) ?? refusal, .key)
            refuse(found, by: next, now: now, random: random)
            return .nothing
        case .untried, .refused, .trying: return .nothing
        }
    }

    private mutating func refuse(
        _ refusal: Refusal,
        by probe: Probe = .key,
        now: ContinuousClock.Instant,
        random: Double
    ) {
        let probeAt = now + Self.keyProbeInterval.least + Self.keyProbeInterval.spread * random
        key = .refused(refusal, probeAt: probeAt, by: probe)
    }
}

extension LoopsOutcome {
    /// Whether it can only have come from Loops, or who stands in for it, with our key taken.
    fileprivate var isAnswerOfLoops: Bool {
        switch self {
        case .delivered, .alreadyDelivered, .throttled, .rejected: true
        case .unauthorized, .wrongAddress, .retry: false
        }
    }
}
