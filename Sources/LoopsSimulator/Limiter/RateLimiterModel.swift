import Support

/// One team's rate limit, as one of the kinds that Loops may be using. A value: time comes in with each call.
package struct RateLimiterModel: Sendable {
    package struct Decision: Sendable, Equatable {
        package let isAllowed: Bool
        /// For `x-ratelimit-remaining`.
        package let remaining: Int
    }

    static let second: Int64 = 1_000_000_000

    package private(set) var configuration: RateLimiterConfiguration
    private var window: RateLimiterWindow
    private var random: SplitMix64
    private var nextForeign: Int64?

    package init(configuration: RateLimiterConfiguration, seed: UInt64) {
        self.configuration = configuration
        random = SplitMix64(seed: seed)
        window = RateLimiterWindow(configuration: configuration)
    }

    /// Decides on a request at `now`, nanoseconds that never go back.
    package mutating func admit(now: Int64) -> Decision {
        guard configuration.limit > 0 else {
            return Decision(isAllowed: true, remaining: Int(Int32.max))
        }
        let kept = Int64(2) * RateLimiterModel.second
        if configuration.foreignLoad > 0 {
            let gap = max(1, RateLimiterModel.second / Int64(configuration.foreignLoad))
            var next = max(nextForeign ?? now, now - kept)
            while next <= now {
                _ = window.admit(now: next, configuration: configuration, random: &random)
                next += gap
            }
            nextForeign = next
        }
        let isAllowed = window.admit(now: now, configuration: configuration, random: &random)
        return Decision(isAllowed: isAllowed, remaining: window.remaining(now: now, configuration: configuration))
    }

    /// What the headers say of an answer that was not counted.
    package func remaining(now: Int64) -> Int {
        guard configuration.limit > 0 else { return Int(Int32.max) }
        return window.remaining(now: now, configuration: configuration)
    }
}
