/// What delivery is doing at one instant.
public struct DeliverySnapshot: Sendable, Equatable {
    /// Entries read and not ended.
    public var buffered: Int
    /// Contacts that have entries waiting.
    public var contacts: Int
    /// Contacts that wait for a retry.
    public var blockedContacts: Int
    /// How long the one of them that has waited longest has done so, in seconds; 0 when none waits.
    public var blockedSeconds: Double
    /// Contacts that wait since Loops may still apply an earlier request of theirs.
    public var settlingContacts: Int
    /// Requests under way.
    public var inFlight: Int
    /// `none`, `unauthorized`, `outage` or `throttled`.
    public var hold: String
    /// Whether Loops takes the key, as far as is known.
    public var isAuthorized: Bool
    /// Requests a second that the team may make over all replicas; nil when there is no limit, or it is not known yet.
    public var limit: Double?
    /// Requests a second that all replicas together may make now: less than the limit after refusals, outages, and when others use the key.
    public var pace: Double?
    /// What Loops said is left of its current window.
    public var remaining: Int?
    /// Whether a stop is under way.
    public var isDraining: Bool

    init(_ state: DeliveryState, now: ContinuousClock.Instant) {
        buffered = state.lanes.count
        contacts = state.lanes.contacts
        blockedContacts = state.lanes.blocked
        blockedSeconds = state.lanes.blockedSince.map { (now - $0) / .seconds(1) } ?? 0
        settlingContacts = state.lanes.settling
        inFlight = state.inFlight
        hold = state.gate.hold(now: now).rawValue
        isAuthorized = state.gate.isAuthorized
        isDraining = state.isDraining
        limit = state.permits.limit
        pace = state.permits.rate
        remaining = state.permits.remaining
    }
}
