/// What one answer of Loops means for the request, and so what happens to it next.
///
/// The classes are those of the Loops facts (2026-11): decided by status, never by the wording of a message, since the wording has
/// changed before. The one exception is the 409, whose words say what the key was used for.
package enum LoopsOutcome: Sendable, Equatable {
    /// Loops has it: a 2xx.
    case delivered
    /// Loops had it already: 409 on an idempotency key of ours.
    case alreadyDelivered
    /// Not delivered for sure, and not refused: sending again may help. Whether Loops may have applied it, ``Retry`` says.
    case retry(Retry)
    /// 429. Certainly not applied; the whole team has to slow down, not this contact.
    case throttled
    /// 401 or 403: the key is wrong or revoked. Not the event's fault, and no other request will do better.
    case unauthorized
    /// 404 or 405 where Loops' API has neither: `loops.baseURL` leads elsewhere. Not the event's fault, and no other request will do better.
    case wrongAddress
    /// The request can never succeed.
    case rejected(Rejection)

    /// Why sending again may help.
    package enum Retry: String, Sendable, Equatable, CaseIterable {
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
        /// A 2xx that says `success: false`: Loops contradicts itself.
        case contradictoryAnswer
        /// 1xx, 3xx, or a 4xx that is not in Loops' words: from something in between, or not the API that we know.
        case unexpectedStatus
        /// 401 or 403 for this request alone, while the key is good.
        case forbidden
        /// 409 for a key whose first request has not ended yet, or may not have: it may still fail.
        case inProgress
        /// 404 or 405 for this request alone, while the API is where it should be.
        case notFound
    }

    /// Why sending again cannot help.
    package enum Rejection: String, Sendable, Equatable, CaseIterable {
        /// 400 and the other 4xx, in Loops' words.
        case refused
        /// 409 that says the key was used with a different body: a bug of ours, or two events with one `messageId`.
        case idempotencyConflict
        /// 409 for a key of which it is known that no request with it can have succeeded.
        case unconfirmed
    }

    /// Whether Loops has taken the request for good.
    package var isDelivered: Bool {
        switch self {
        case .delivered, .alreadyDelivered: true
        case .retry, .throttled, .unauthorized, .wrongAddress, .rejected: false
        }
    }
}
