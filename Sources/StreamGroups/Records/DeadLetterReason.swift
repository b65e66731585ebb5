/// Why an entry went to the dead-letter stream. A closed set: it is a metric label.
package enum DeadLetterReason: String, Sendable, CaseIterable {
    /// The entry does not hold an event: not JSON, no type, empty.
    case invalidEntry
    /// A batch whose events belong to different contacts, which cannot be kept in order.
    case mixedBatch
    /// A mapping matched and its fields do not pass the action's validation.
    case invalidFields
    /// A mapping matched and could not be resolved against the event.
    case mappingFailed
    /// Loops answered 400 or another final 4xx.
    case refused
    /// Loops knows the idempotency key with another body.
    case idempotencyConflict
    /// Loops knows the idempotency key, and no attempt that is known of can have succeeded.
    case unconfirmed
    /// The event alone kept failing for longer than `bridge.retryFor` while others succeeded.
    case exhausted
    /// It waited longer than its mapping's `maxAge`.
    case tooOld
    /// Processes died again and again while they had the entry in hand.
    case poison
}
