/// Capped exponential backoff with full jitter: a random share of a ceiling that doubles with every failure, so that many who failed at the same
/// time do not come back at the same time.
package struct Backoff: Sendable, Equatable {
    /// The most that the first wait lasts.
    package var base: Duration
    /// The most that any wait lasts.
    package var cap: Duration

    package init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// - Parameters:
    ///   - failures: that came before the one after which it waits.
    ///   - random: from 0 to below 1.
    package func wait(after failures: Int, random: Double) -> Duration {
        min(cap, base * Double(1 << min(max(failures, 0), 30))) * random
    }
}
