/// The pace of requests: a generic cell rate algorithm with a small burst.
///
/// Even spacing is safe under every kind of window that Loops may use (its kind is not documented); bursts at a second's edge are not.
struct TokenBucket: Sendable {
    /// The share of the limit that is used. What is left absorbs the jitter of the way, which can push one request more into a window.
    static let share = 0.985

    private let whole: Duration?
    private let burst: Int
    private var interval: Duration?
    private var tolerance: Duration { (interval ?? .zero) * (burst - 1) }
    /// The theoretical arrival time of the next request.
    private var next: ContinuousClock.Instant?
    private var pausedUntil: ContinuousClock.Instant?

    /// - Parameters:
    ///   - ratePerSecond: requests a second; 0 for no limit.
    ///   - burst: how many may start at once after a rest; at least 1.
    init(ratePerSecond: Double, burst: Int = 1) {
        whole = ratePerSecond > 0 ? .seconds(1 / (ratePerSecond * Self.share)) : nil
        interval = whole
        self.burst = max(burst, 1)
    }

    /// Uses only one share of the rate: the limit is one for all replicas.
    mutating func share(among replicas: Int) { interval = whole.map { $0 * max(replicas, 1) } }

    /// The instant from which ``take(now:)`` succeeds; nil when it does now.
    func waitUntil(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var due = pausedUntil
        if let next {
            let allowed = next - tolerance
            due = due.map { max($0, allowed) } ?? allowed
        }
        guard let due, due > now else { return nil }
        return due
    }

    /// Takes one permit. Only when ``waitUntil(now:)`` is nil.
    mutating func take(now: ContinuousClock.Instant) {
        guard let interval else { return }
        next = max(next ?? now, now) + interval
    }

    /// Stops all requests for a while: the team's limit was hit.
    mutating func pause(until: ContinuousClock.Instant) {
        pausedUntil = max(pausedUntil ?? until, until)
    }
}
