/// What delivery is doing at one instant.
package struct DeliverySnapshot: Sendable, Equatable {
    /// Entries read and not ended.
    package var buffered: Int
    /// Contacts that have entries waiting.
    package var contacts: Int
    /// Contacts that wait for a retry.
    package var contactsInBackoff: Int
    /// How long the one of them that has waited longest has done so, in seconds; 0 when none waits.
    package var blockedSeconds: Double
    /// Contacts that wait since Loops may still apply an earlier request of theirs.
    package var settlingContacts: Int
    /// Requests under way.
    package var inFlight: Int
    /// Contacts whose turn waits for their partition's lease to be renewed.
    package var parkedContacts: Int
    /// `none`, `unauthorized`, `wrongAddress`, `outage` or `throttled`.
    package var hold: String
    /// Seconds until something that is held is tried again; nil when nothing is held, or it depends on an answer under way.
    package var nextTrySeconds: Double?
    /// Whether Loops was asked at least once, or is to be, and has never answered.
    package var isUnreached: Bool
    /// Whether who answers in Loops' place knows no `GET /api-key`, and has taken nothing yet.
    package var doubtsAddress: Bool
    /// What kept the last request from being answered, in words; nil once one was.
    package var failure: String?
    /// Why the limiter could not be asked, while something waits for it; nil when it could.
    package var limiterFailure: String?
    /// How long something has waited here while nothing came to its end, in seconds; nil while nothing waits.
    package var stillSeconds: Double?
    /// Whether Loops takes the key, as far as is known.
    package var isAuthorized: Bool
    /// Requests a second that the team may make over all replicas; nil when there is no limit, or it is not known yet.
    package var limit: Double?
    /// Requests a second that all replicas together may make now: less than the limit after refusals, outages, and when others use the key.
    package var pace: Double?
    /// What Loops said is left of its current window.
    package var remaining: Int?
    /// Whether a stop is under way.
    package var isDraining: Bool

    init(_ state: DeliveryState, now: ContinuousClock.Instant) {
        buffered = state.contactQueues.count
        contacts = state.contactQueues.contacts
        contactsInBackoff = state.contactQueues.blocked
        blockedSeconds = state.contactQueues.blockedSince.map { (now - $0) / .seconds(1) } ?? 0
        settlingContacts = state.contactQueues.settling
        inFlight = state.inFlight
        parkedContacts = state.contactQueues.parkedCount
        let permitAt = state.permits.nextWake.flatMap { state.inFlight == 0 && $0 - now > Self.longWait ? $0 : nil }
        let hold = state.admissionControl.hold(now: now)
        // The limiter lets everybody pause after refusals: no request goes out until the permit that it has given is good.
        self.hold = (hold == .none && permitAt != nil ? .throttled : hold).rawValue
        nextTrySeconds = [state.admissionControl.nextTry(now: now), permitAt].compactMap(\.self).max().map {
            max(0, ($0 - now) / .seconds(1))
        }
        isUnreached = state.admissionControl.isUnreached
        doubtsAddress = state.admissionControl.doubtsAddress
        failure = state.admissionControl.reach.failure
        limiterFailure = state.contactQueues.isEmpty && !state.admissionControl.isUnreached ? nil : state.limiterFailure
        stillSeconds = state.standstill.since.map { (now - $0) / .seconds(1) }
        isAuthorized = state.admissionControl.isAuthorized
        isDraining = state.isDraining
        limit = state.permits.limit
        pace = permitAt == nil ? state.permits.rate : 0
        remaining = state.permits.remaining
    }

    /// Whether nothing is started until something outside is mended.
    var isHeld: Bool {
        [.unauthorized, .wrongAddress, .outage].map(\AdmissionControl.BlockReason.rawValue).contains(hold)
            || limiterFailure != nil
    }

    /// A permit that is good only after this was not queued behind others: the limiter pauses. A second has all of a small team's permits.
    private static let longWait = Duration.seconds(2)
}
