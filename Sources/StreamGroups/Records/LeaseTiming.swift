/// How long leases last and when a replica may trust its own.
///
/// A lease was given up for dead by nobody before `lease` has passed on that replica's own clock since it last saw a renewal. The holder
/// measures from *before* it sent the renewal, so its clock is ahead of everybody's. A request that starts within ``startWindow`` is ended by
/// its own timeout before the lease can have another owner.
package struct LeaseTiming: Sendable, Equatable {
    /// How long a lease lasts without a renewal.
    package var lease: Duration
    /// Between two renewals.
    package var heartbeat: Duration
    /// The longest that a request to Loops takes, its end by timeout included.
    package var requestTimeout: Duration
    /// The lease time that the group keeps; nil before it is known. Whoever made the group first has set it.
    package var groupLease: Duration?
    /// The time in which a promotion becomes known to a majority of those who decide on it; zero where nobody is asked. Sentinels tell each
    /// other every two seconds.
    package var promotionDelay = Duration.zero

    /// A fault that a test may plant: the replica believes in its leases for so long, whatever it promises to others.
    package var believed: Duration?

    package init(lease: Duration = .seconds(15), heartbeat: Duration = .seconds(2), requestTimeout: Duration) {
        self.lease = lease
        self.heartbeat = heartbeat
        self.requestTimeout = requestTimeout
    }

    /// How long a holder trusts its lease: the shorter of its own time and the group's.
    package var held: Duration { believed ?? groupLease.map { min($0, lease) } ?? lease }
    /// How long a claimant waits: the longer of both, and until a server that is no primary any more cannot confirm a renewal.
    package var silence: Duration { (groupLease.map { max($0, lease) } ?? lease) + promotionDelay }

    /// What covers the difference of two machines' clock rates (one in a hundred is far beyond any real clock) and the way from the check of
    /// the lease to the write.
    package var margin: Duration { held / 100 + .milliseconds(100) }

    /// How long after a confirmed renewal was sent requests may start.
    package var startWindow: Duration { held - requestTimeout - margin }

    /// Whether requests and heartbeats of these settings fit this lease time.
    package func fits(_ lease: Duration) -> Bool { lease > requestTimeout + heartbeat * 2 }

    /// What makes these settings unsafe, for a person; nil when they are safe.
    package var fault: String? {
        guard !fits(lease) else { return nil }
        return """
            bridge.leaseSeconds (\(lease)) must be longer than loops.requestTimeoutSeconds (\(requestTimeout)) and two heartbeats \
            (bridge.heartbeatSeconds, \(heartbeat)) together
            """
    }
}
