import Loops
import RedisStreams

extension ContactQueues {
    /// A request that may be sent now.
    struct RequestStart: Sendable {
        let key: OrderingKey
        let step: PlannedRequest
        /// 1 for the first attempt of the step.
        let attempt: Int
        let entry: StreamID
        let partition: Int
        let tenure: Int
        let isSuspect: Bool
        /// Entries that the request stands for.
        let entries: Int
        /// The step's place among those of the entry.
        var number = 0
        /// How long nothing could start for want of a permit.
        var permitWait = Duration.zero
        /// What the journal notes of the entry.
        var record: EntryRecord?
    }

    /// What follows a result.
    struct Outcome: Sendable {
        /// In order.
        var ends: [EntryCompletion] = []
        /// Entries that were given up while their request was under way, and did not end with it.
        var given: [PlannedEntry] = []
    }

    /// What came of a started request.
    enum AttemptResult: Sendable {
        case delivered
        /// Loops knew the request's idempotency key: the event has happened, and what else the request says of the contact is said again, since
        /// older entries of the contact may have been delivered once more before it.
        case replayed
        case failed(DeliveryFailure)
        /// Try again, not before this instant. `counts`: whether the failure counts against the event; `isUnreadable`: whether Loops said
        /// yes in words that cannot be read.
        case retry(at: ContinuousClock.Instant, counts: Bool, isUnreadable: Bool = false)
        /// Try again as soon as the key is taken, which was refused at this instant.
        case keyRefused(at: ContinuousClock.Instant)
        /// It was not sent after all: it is as if it had not been started.
        case notSent
    }
}
