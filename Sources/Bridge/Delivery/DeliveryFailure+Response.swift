import Loops
import StreamGroups

/// Dead letters' reasons, from what Loops answered.
extension DeliveryFailure {
    init(_ rejection: LoopsOutcome.Rejection, _ answer: LoopsResponse, _ step: PlannedRequest) {
        let status = answer.status.map(String.init) ?? "no status"
        let (mapping, call) = (step.mapping, step.call)
        switch rejection {
        case .refused:
            // Loops' words end as they like.
            let words = answer.message.hasSuffix(".") ? String(answer.message.dropLast()) : answer.message
            self.init(
                reason: .refused,
                detail:
                    "Loops refused the request (\(status)): \(words). Correct the event or the mapping, then replay it.",
                mapping: mapping,
                status: answer.status,
                answer: answer.message,
                requestID: answer.requestID,
                idempotencyKey: call.idempotencyKey
            )
        case .unconfirmed:
            self.init(
                reason: .unconfirmed,
                detail: """
                    Loops says that this idempotency key was used (\(status)), and no attempt that is known of can have succeeded: Loops used the \
                    key up for a request that failed, or another event has the same messageId. Look whether the contact has the event. If not, \
                    publish it again with another messageId, or replay it after 24 hours, when Loops has forgotten the key.
                    """,
                mapping: mapping,
                status: answer.status,
                answer: answer.message,
                requestID: answer.requestID,
                idempotencyKey: call.idempotencyKey
            )
        case .idempotencyConflict:
            self.init(
                reason: .idempotencyConflict,
                detail:
                    "Loops got another body under this idempotency key before (\(status)): two events share one messageId.",
                mapping: mapping,
                status: answer.status,
                answer: answer.message,
                requestID: answer.requestID,
                idempotencyKey: call.idempotencyKey
            )
        }
    }

    init(
        exhaustedAfter failures: Int,
        _ why: LoopsOutcome.Retry,
        _ answer: LoopsResponse,
        _ step: PlannedRequest
    ) {
        let (mapping, call) = (step.mapping, step.call)
        self.init(
            reason: .exhausted,
            detail:
                "This event alone failed \(failures) times (\(why.rawValue)) while others were delivered: \(answer.message)",
            mapping: mapping,
            status: answer.status,
            answer: answer.message,
            requestID: answer.requestID,
            idempotencyKey: call.idempotencyKey
        )
    }
}
