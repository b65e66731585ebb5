import Destination

/// When a request is too old to be sent, and what becomes of it then.
struct Expiry: Sendable, Equatable {
    let at: ContinuousClock.Instant
    let policy: LatePolicy
}
