/// How long leases last and when a replica may trust its own.
///
/// A lease was given up for dead by nobody before `lease` has passed on that replica's own clock since it last saw a renewal. The holder
/// measures from *before* it sent the renewal, so its clock is ahead of everybody's. A request that starts within ``startWindow`` is ended by
/// its own timeout before the lease can have another owner.
public struct LeaseTiming: Sendable, Equatable {
    /// How long a lease lasts without a renewal.
    public var lease: Duration
    /// Between two renewals.
    public var heartbeat: Duration
    /// The longest that a request to Loops takes, its end by timeout included.
    public var requestTimeout: Duration

    public init(lease: Duration = .seconds(15), heartbeat: Duration = .seconds(2), requestTimeout: Duration) {
        self.lease = lease
        self.heartbeat = heartbeat
        self.requestTimeout = requestTimeout
    }

    /// What covers the difference of two machines' clock rates (one in a hundred is far beyond any real clock) and the way from the check of
    /// the lease to the write.
    var margin: Duration { lease / 100 + .milliseconds(100) }

    /// How long after a confirmed renewal was sent requests may start.
    var startWindow: Duration { lease - requestTimeout - margin }

    /// What makes these settings unsafe, for a person; nil when they are safe.
    public var fault: String? {
        guard lease <= requestTimeout + heartbeat * 2 else { return nil }
        return """
            bridge.leaseSeconds (\(lease)) must be longer than loops.requestTimeoutSeconds (\(requestTimeout)) and two heartbeats \
            (bridge.heartbeatSeconds, \(heartbeat)) together
            """
    }
}
