import Loops

/// What is known of the attempts of one request that this process has made: what a 409 on its own key can mean depends on it.
struct AttemptHistory: Sendable, Equatable {
    /// Attempts that were answered, or given up after they were sent.
    private(set) var attempts = 0
    /// Whether one of them may have been applied.
    private(set) var mayHaveSucceeded = false
    /// Until when one of them may still be under way at Loops, although it was given up.
    private(set) var lateUntil: ContinuousClock.Instant?

    /// An attempt did not succeed.
    /// - Parameter lateUntil: until when Loops may still apply it.
    mutating func failed(_ answer: LoopsResponse, lateUntil: ContinuousClock.Instant?) {
        attempts += 1
        if answer.mayHaveSucceeded { mayHaveSucceeded = true }
        if let lateUntil { self.lateUntil = max(self.lateUntil ?? lateUntil, lateUntil) }
    }
}

/// What a 409 on our own idempotency key says of its event.
enum UsedKey: Sendable, Equatable {
    /// The event has happened, as far as anybody can know.
    case happened
    /// An attempt of ours may still be under way, and may still fail: ask again at this instant.
    case undecided(until: ContinuousClock.Instant)
    /// Nobody can have made it happen: the key was used up by a request that failed, or is another event's.
    case unconfirmed

    /// - Parameter isFirstDelivery: whether no other process can have tried.
    init(_ history: AttemptHistory, isFirstDelivery: Bool, now: ContinuousClock.Instant) {
        if let until = history.lateUntil, until > now {
            self = .undecided(until: until)
        } else if isFirstDelivery, history.attempts > 0, !history.mayHaveSucceeded {
            self = .unconfirmed
        } else {
            self = .happened
        }
    }
}
