/// One answer of Loops, or the lack of one, with what it means.
package struct LoopsResponse: Sendable, Equatable {
    /// What happens to the request next.
    package var outcome: LoopsOutcome
    /// The HTTP status; nil when no answer came.
    package var status: Int?
    /// The message of the answer, or the reason why there is none. At most ``maxMessageLength`` characters. May hold what the event held,
    /// so it belongs into the dead-letter stream and not into a log.
    package var message: String
    /// What to do about the lack of an answer, as a sentence without its full stop; nil where nothing particular is known.
    package var advice: String?
    /// `x-ratelimit-limit`: the team's requests a second.
    package var rateLimit: Int?
    /// `x-ratelimit-remaining`: what is left of the current window.
    package var rateLimitRemaining: Int?
    /// `Retry-After`: how long the server asks to wait; see ``RetryAfter``.
    package var retryAfter: Duration?

    /// What the answer calls itself, for a question to Loops' support: the first that is there of the headers `x-request-id`, `x-vercel-id` and
    /// `cf-ray`. Loops documents none.
    package var requestID: String?

    /// The length at which messages are cut, in characters.
    package static let maxMessageLength = 500
    /// The longest request ID that is kept, in characters.
    package static let maxRequestIDLength = 100

    package init(
        outcome: LoopsOutcome,
        status: Int? = nil,
        message: String = "",
        rateLimit: Int? = nil,
        rateLimitRemaining: Int? = nil
    ) {
        self.outcome = outcome
        self.status = status
        self.message = String(message.prefix(Self.maxMessageLength))
        self.rateLimit = rateLimit
        self.rateLimitRemaining = rateLimitRemaining
    }
}
