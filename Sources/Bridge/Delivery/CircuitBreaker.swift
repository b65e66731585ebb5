/// Notices that Loops itself is down, so that one probe at a time finds out when it is back, and not every contact queue on its own.
///
/// A value: outcomes and instants go in, a decision comes out.
struct CircuitBreaker: Sendable {
    enum State: Sendable, Equatable {
        case closed
        /// Nothing is sent before `until`; then one request goes as a probe.
        case open(until: ContinuousClock.Instant)
        /// A probe is under way; it was due at `since`.
        case probing(since: ContinuousClock.Instant)
    }

    /// Whose requests failed in a row.
    private enum Source: Sendable, Equatable {
        case nobody
        case one(OrderingKey)
        case several
    }

    /// Failures in a row, over all contact queues, that open the circuit.
    static let threshold = 10

    private(set) var state = State.closed
    private var failures = 0
    private var source = Source.nobody
    private var openings = 0
    private let backoff: RetryPolicy

    init(backoff: RetryPolicy = RetryPolicy(base: .seconds(1), cap: .seconds(30))) {
        self.backoff = backoff
    }

    /// The one contact queue whose requests failed in a row; nil when there is none, or several.
    var failedLane: OrderingKey? { if case .one(let contactQueue) = source { contactQueue } else { nil } }

    enum Admission: Equatable {
        case go
        case wait(until: ContinuousClock.Instant?)
    }

    /// Whether a request may start. Does not change anything; ``started()`` does.
    /// - Parameter next: the contact queue whose turn it is. Where only one contact queue has failed, another one's request is the better probe, at once.
    func admission(now: ContinuousClock.Instant, next: OrderingKey? = nil) -> Admission {
        switch state {
        case .closed: return .go
        case .open(let until) where until <= now: return .go
        case .open(let until):
            if let failedLane, let next, next != failedLane { return .go }
            return .wait(until: until)
        case .probing: return .wait(until: nil)
        }
    }

    /// A request was started.
    mutating func started() {
        if case .open(let until) = state { state = .probing(since: until) }
    }

    /// The request that ``started()`` stood for was not sent: another one may be the probe.
    mutating func notSent() {
        if case .probing(let since) = state { state = .open(until: since) }
    }

    /// Loops answered, whatever it said about the request itself.
    /// - Returns: whether this closed the circuit.
    mutating func answered() -> Bool {
        failures = 0
        source = .nobody
        guard state != .closed else { return false }
        state = .closed
        openings = 0
        return true
    }

    /// A request failed in a way that says something about Loops and not about the event.
    /// - Parameters:
    ///   - contact queue: whose request it was; nil for one of no contact queue in particular.
    ///   - random: in `0..<1`, spreads the probes of several replicas.
    /// - Returns: whether this opened the circuit.
    mutating func failed(_ contactQueue: OrderingKey? = nil, now: ContinuousClock.Instant, random: Double) -> Bool {
        failures += 1
        if let contactQueue, source == .nobody || source == .one(contactQueue) {
            source = .one(contactQueue)
        } else {
            source = .several
        }
        switch state {
        case .closed where failures >= Self.threshold: return open(now: now, random: random)
        case .closed: return false
        // Requests that were under way when it opened still come home.
        case .open: return false
        case .probing:
            _ = open(now: now, random: random)
            return false
        }
    }

    private mutating func open(now: ContinuousClock.Instant, random: Double) -> Bool {
        openings += 1
        // At least half of the delay: a probe that follows at once tells nothing new.
        state = .open(until: now + backoff.delay(afterFailures: openings, random: 0.5 + random / 2))
        return true
    }
}
