import Support

/// How long a contact queue waits after a failure: capped exponential backoff with full jitter.
package struct RetryPolicy: Sendable, Equatable {
    /// The most that the first retry waits.
    package var base: Duration
    /// The most that any retry waits.
    package var cap: Duration
    /// How long an event that alone keeps failing is retried before it is dead-lettered.
    package var retryFor: Duration
    /// The attempts that an event gets at least, however long they took.
    package var minAttempts: Int

    package init(
        base: Duration = .milliseconds(500),
        cap: Duration = .seconds(60),
        retryFor: Duration = .seconds(6 * 3600),
        minAttempts: Int = 20
    ) {
        self.base = base
        self.cap = cap
        self.retryFor = retryFor
        self.minAttempts = minAttempts
    }

    /// The wait after `failures` failures (1 or more): a random share of `min(cap, base · 2^(failures − 1))`.
    /// - Parameter random: in `0..<1`.
    func delay(afterFailures failures: Int, random: Double) -> Duration {
        Backoff(base: base, cap: cap).wait(after: failures - 1, random: random)
    }

    /// Whether an event has had its chance: it failed often and long enough while others went through.
    func isExhausted(
        failures: Int,
        firstAttempt: ContinuousClock.Instant,
        lastSuccessOfOthers: ContinuousClock.Instant?,
        now: ContinuousClock.Instant
    ) -> Bool {
        guard failures >= minAttempts, now - firstAttempt >= retryFor, let lastSuccessOfOthers else { return false }
        // Others must have succeeded lately, not only before an outage that this event happened to live through.
        return lastSuccessOfOthers > firstAttempt && now - lastSuccessOfOthers <= cap * 2
    }
}

/// Lets requests on slowly after an outage: one at a time at first, and one more with every answer.
///
/// A value. A service that has just come back is met by every client's backlog at once; this one does not add to that.
struct SlowStart: Sendable {
    /// Requests that may be under way; nil when it is over.
    private(set) var cap: Int?

    mutating func begin() { cap = 1 }

    /// A request was taken.
    /// - Parameter most: what may be under way in quiet times.
    mutating func succeeded(most: Int) {
        guard let cap else { return }
        self.cap = cap + 1 >= most ? nil : cap + 1
    }
}
