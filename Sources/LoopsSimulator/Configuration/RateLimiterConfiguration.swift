/// The limit of a team and how its window works, which Loops does not say.
package struct RateLimiterConfiguration: Sendable, Equatable {
    package enum Kind: String, SettingChoice {
        /// Windows begin at whole seconds of the (simulated) wall clock.
        case fixedAligned = "fixed_aligned"
        /// A window begins with the first request after the last one ended.
        case fixedFirst = "fixed_first"
        /// Exactly the last 1000 ms.
        case slidingLog = "sliding_log"
        /// Two windows, the older one weighted by what of it is still in view.
        case slidingCounter = "sliding_counter"
        case tokenBucket = "token_bucket"
    }

    package var kind: Kind = .fixedFirst
    /// Requests per second of one team; 0 turns the limiter off.
    package var limit = 10
    package var countRejected = false
    /// Each window's end comes up to this much later, by the seed.
    package var windowJitterMilliseconds = 0
    /// Requests per second that another client of the same team makes, evenly spread.
    package var foreignLoad = 0
    /// Tokens that a full bucket holds; 0 means the limit.
    package var bucketCapacity = 0
    /// The limit that the headers tell; 0 means the limit, -1 that no answer has the headers.
    package var toldLimit = 0

    package init() {}

    package init(kind: Kind, limit: Int) {
        self.kind = kind
        self.limit = limit
    }
}
