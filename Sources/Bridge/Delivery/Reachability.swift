import Loops

/// Whether Loops has ever answered this process, what kept the last request from being answered, and when to try again while nothing waits
/// that would show it.
///
/// A value. A process that has never reached Loops is of no use: that is to be seen before the first event comes.
struct Reachability: Sendable {
    private(set) var isReached = false
    /// In words; nil once a request was answered.
    private(set) var failure: String?
    /// When Loops is asked again without an event that asks; nil when that is not needed, or under way.
    private(set) var probeAt: ContinuousClock.Instant?
    private var failures = 0
    private let backoff = RetryPolicy(base: .seconds(2), cap: .seconds(15))

    /// Takes the answer to any request, or the lack of one.
    /// - Parameter random: in `0..<1`.
    mutating func heard(_ answer: LoopsResponse, now: ContinuousClock.Instant, random: Double) {
        guard !answer.isAnswered else {
            (isReached, failure, probeAt, failures) = (true, nil, nil, 0)
            return
        }
        failure = answer.message
        guard !isReached else { return }
        failures += 1
        probeAt = now + backoff.delay(afterFailures: failures, random: 0.5 + random / 2)
    }

    mutating func probeStarted() { probeAt = nil }
}
