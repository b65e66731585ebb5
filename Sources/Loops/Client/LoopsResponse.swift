import HTTPTransport
import NIOHTTP1

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

    /// Whether the request left after its latest start, so that another replica may own the contact already. The process was stopped between the
    /// last look and the write.
    package var isOfLateRequest = false

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

extension LoopsResponse {
    /// Whether anybody answered at all, whatever was said.
    package var isAnswered: Bool {
        switch outcome {
        case .retry(.unreachable), .retry(.timedOut), .retry(.connectionLost): status != nil
        default: true
        }
    }

    /// Why the request failed, in words that hold nothing of the event, so that a log may have them: the network's reason, or what kind of answer came.
    package var cause: String {
        guard let status else { return advice.map { "\(message). \($0)" } ?? message }
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        let line = reason.isEmpty ? "\(status)" : "\(status) \(reason)"
        return switch outcome {
        case .retry(.ambiguousAnswer):
            "\(line), with a body that is no answer of Loops: something in between may have answered"
        case .retry(.contradictoryAnswer): "\(line), with a body that says success: false"
        case .retry(.unexpectedStatus): "\(line), which is no answer of Loops: something in between may have answered"
        case .retry(.connectionLost), .retry(.timedOut): "\(line), then: \(message)"
        default: line
        }
    }
}

/// What an answer says about whether the request took effect.
extension LoopsResponse {
    /// Answers of something between us and Loops that has waited for Loops in vain (504, and Cloudflare's 520, 522 and 524), or has lost it (502).
    private static let gateway = [502, 504, 520, 522, 524]

    /// Whether the request may take effect after this answer: nobody who knows has said that it is over.
    package var mayTakeEffectLate: Bool {
        switch outcome {
        case .retry(.timedOut), .retry(.connectionLost), .retry(.requestTimeout): true
        case .retry(.serverError): status.map { Self.gateway.contains($0) } ?? true
        case .retry, .delivered, .alreadyDelivered, .throttled, .unauthorized, .wrongAddress, .rejected: false
        }
    }

    /// Whether the request may have taken effect. A 503 says that the server could not look at it, as a 429 and a 401 do.
    package var mayHaveSucceeded: Bool {
        switch outcome {
        case .delivered, .alreadyDelivered: true
        case .retry(.serverError): status != 503
        case .retry(.requestTimeout), .retry(.timedOut), .retry(.connectionLost), .retry(.ambiguousAnswer),
            .retry(.contradictoryAnswer), .retry(.inProgress):
            true
        case .retry(.unreachable), .retry(.unexpectedStatus), .retry(.forbidden), .retry(.notFound): false
        case .throttled, .unauthorized, .wrongAddress, .rejected: false
        }
    }
}

extension LoopsOutcome.Retry {
    /// What a fault means for the request; nil when it was not even tried.
    init?(_ fault: HTTPTransportError.Kind) {
        switch fault {
        case .unreachable: self = .unreachable
        case .tooLate: return nil
        case .timedOut: self = .timedOut
        case .connectionLost: self = .connectionLost
        case .tooLong: self = .ambiguousAnswer
        }
    }
}
