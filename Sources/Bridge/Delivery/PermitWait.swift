/// Since when the next request waits for a permit, and for nothing else. A value.
struct PermitWait: Sendable {
    private var since: ContinuousClock.Instant?

    /// A request could start, and there is no permit for it.
    mutating func begin(now: ContinuousClock.Instant) { since = since ?? now }

    /// A request starts.
    /// - Returns: how long it had to wait.
    mutating func end(now: ContinuousClock.Instant) -> Duration {
        defer { since = nil }
        return since.map { now - $0 } ?? .zero
    }
}
