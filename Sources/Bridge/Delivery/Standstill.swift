/// Since when something waits and nothing has come to its end.
///
/// A value: what waits and what moves go in.
struct Standstill: Sendable {
    /// From here on, the state has to say why.
    static let worthAWord = Duration.seconds(10)

    /// nil while nothing waits.
    private(set) var since: ContinuousClock.Instant?

    mutating func observe(waits: Bool, now: ContinuousClock.Instant) { since = waits ? since ?? now : nil }

    /// Something came to its end.
    mutating func moved(now: ContinuousClock.Instant) { if since != nil { since = now } }
}
