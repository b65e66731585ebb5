/// How long the answer to a wrong token takes: longer with each one that comes soon after others. A right one never waits.
///
/// A value: wrong tokens go in, delays come out. It counts all who ask together, so there is no list that somebody could fill.
struct WrongTokenDelay: Sendable {
    /// The answers that wait at the same time; further ones are refused at once.
    static let maxWaiting = 16
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(5)
    /// After so long without a wrong token, one of them is forgotten.
    static let forgetting = Duration.seconds(10)

    private var strikes = 0
    private var last: ContinuousClock.Instant?
    private(set) var waiting = 0

    /// - Returns: how long the answer waits; nil when too many wait already. A wait is to be ended with ``ended()``.
    mutating func wrong(now: ContinuousClock.Instant) -> Duration? {
        if let last { strikes = max(0, strikes - Int((now - last) / Self.forgetting)) }
        last = now
        strikes += 1
        guard waiting < Self.maxWaiting else { return nil }
        waiting += 1
        return min(Self.longest, Self.shortest * Double(1 << min(strikes - 1, 10)))
    }

    mutating func ended() { waiting = max(0, waiting - 1) }
}
