/// What one answer of Loops means for the request, and so what happens to it next.
///
/// The classes are those of the Loops facts (2026-11): decided by status, never by the wording of a message, since the wording has
/// changed before. The one exception is the 409 that tells a replay from a different body.
public enum LoopsOutcome: Sendable, Equatable {
    /// Loops has it: a 2xx.
    case delivered
    /// Loops had it already: 409 on an idempotency key of ours.
    case alreadyDelivered
    /// The same, on a 2xx whose body could not be read. Sending again is safe; see ``Retry/ambiguousAnswer``.
    case retry(Retry)
    /// 429. Certainly not applied; the whole team has to slow down, not this contact.
    case throttled
    /// 401 or 403: the key is wrong or revoked. Not the event's fault, and no other request will do better.
    case unauthorized
    /// The request can never succeed.
    case rejected(Rejection)

    /// Why sending again may help.
    public enum Retry: String, Sendable, Equatable, CaseIterable {
        /// 5xx.
        case serverError
        /// 408.
        case requestTimeout
        /// No answer within the request's time.
        case timedOut
        /// The connection could not be made: certainly not applied.
        case unreachable
        /// The connection broke after bytes were written: may have been applied.
        case connectionLost
        /// A 2xx that does not read like an answer of Loops: cut, mangled, or from something in between.
        case ambiguousAnswer
        /// 1xx or 3xx: not the API that we know.
        case unexpectedStatus
    }

    /// Why sending again cannot help.
    public enum Rejection: String, Sendable, Equatable, CaseIterable {
        /// 400 and the other 4xx.
        case refused
        /// 409 that says the key was used with a different body: a bug of ours, or two events with one `messageId`.
        case idempotencyConflict
    }

    /// Whether Loops has taken the request for good.
    public var isDelivered: Bool {
        switch self {
        case .delivered, .alreadyDelivered: true
        case .retry, .throttled, .unauthorized, .rejected: false
        }
    }
}
