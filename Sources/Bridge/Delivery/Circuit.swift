/// Notices that Loops itself is down, so that one probe at a time finds out when it is back, and not every lane on its own.
///
/// A value: outcomes and instants go in, a decision comes out.
struct Circuit: Sendable {
    enum State: Sendable, Equatable {
        case closed
        /// Nothing is sent before `until`; then one request goes as a probe.
        case open(until: ContinuousClock.Instant)
        case probing
    }

    /// Failures in a row, over all lanes, that open the circuit.
    static let threshold = 10

    private(set) var state = State.closed
    private var failures = 0
    private var openings = 0
    private var probeDue = ContinuousClock.now
    private let backoff: RetryPolicy

    init(backoff: RetryPolicy = RetryPolicy(base: .seconds(1), cap: .seconds(30))) {
        self.backoff = backoff
    }

    enum Admission: Equatable {
        case go
        case wait(until: ContinuousClock.Instant?)
    }

    /// Whether a request may start. Does not change anything; ``started()`` does.
    func admission(now: ContinuousClock.Instant) -> Admission {
        switch state {
        case .closed: .go
        case .open(let until): until <= now ? .go : .wait(until: until)
        case .probing: .wait(until: nil)
        }
    }

    /// A request was started.
    mutating func started() {
        if case .open(let until) = state {
            probeDue = until
            state = .probing
        }
    }

    /// The request that ``started()`` stood for was not sent: another one may be the probe.
    mutating func unsent() {
        if state == .probing { state = .open(until: probeDue) }
    }

    /// Loops answered, whatever it said about the request itself.
    /// - Returns: whether this closed the circuit.
    mutating func answered() -> Bool {
        failures = 0
        guard state != .closed else { return false }
        state = .closed
        openings = 0
        return true
    }

    /// A request failed in a way that says something about Loops and not about the event.
    /// - Parameter random: in `0..<1`, spreads the probes of several replicas.
    /// - Returns: whether this opened the circuit.
    mutating func failed(now: ContinuousClock.Instant, random: Double) -> Bool {
        failures += 1
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
