/// What delivery is doing at one instant.
public struct DeliverySnapshot: Sendable, Equatable {
    /// Entries read and not ended.
    public var buffered: Int
    /// Contacts that have entries waiting.
    public var contacts: Int
    /// Contacts that wait for a retry.
    public var blockedContacts: Int
    /// Requests under way.
    public var inFlight: Int
    /// `none`, `unauthorized`, `outage` or `throttled`.
    public var hold: String
    /// Whether Loops takes the key, as far as is known.
    public var isAuthorized: Bool
    /// Whether a stop is under way.
    public var isDraining: Bool

    init(_ state: DeliveryState, now: ContinuousClock.Instant) {
        buffered = state.lanes.count
        contacts = state.lanes.contacts
        blockedContacts = state.lanes.blocked
        inFlight = state.inFlight
        hold = state.gate.hold(now: now).rawValue
        isAuthorized = state.gate.isAuthorized
        isDraining = state.isDraining
    }
}
