import Testing

@testable import Bridge

@Suite("RetryPolicy: capped exponential backoff with full jitter")
struct RetryPolicyTests {
    private let policy = RetryPolicy(base: .seconds(1), cap: .seconds(60), retryFor: .seconds(3600), minAttempts: 20)
    private let start = ContinuousClock.now

    @Test("The ceiling doubles up to the cap", arguments: [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)])
    func ceiling(failures: Int, seconds: Int) {
        #expect(policy.delay(afterFailures: failures, random: 1) == .seconds(seconds))
        #expect(policy.delay(afterFailures: failures, random: 0) == .zero)
    }

    @Test("An event is exhausted only when it failed often, long, and while others succeed now")
    func exhausted() {
        let now = start + .seconds(3600)
        func isExhausted(_ failures: Int, _ others: ContinuousClock.Instant?, at now: ContinuousClock.Instant) -> Bool {
            policy.isExhausted(failures: failures, firstAttempt: start, lastSuccessOfOthers: others, now: now)
        }
        #expect(isExhausted(20, now, at: now))
        #expect(!isExhausted(19, now, at: now), "too few attempts")
        #expect(!isExhausted(20, now, at: now - .seconds(1)), "too early")
        #expect(!isExhausted(20, nil, at: now), "nobody succeeds: Loops is down")
        #expect(!isExhausted(20, start + .seconds(10), at: now), "others succeeded before the outage only")
    }
}
