import RedisStreams

/// Says whether the server that answered a heartbeat is the one that takes writes. A primary that others have replaced may go on answering for a
/// while: leases that are renewed there prove nothing.
protocol PrimaryConfirmation: Sendable {
    /// Asked after the heartbeat was sent.
    func confirms(_ client: RedisClient) async -> Bool
}

/// Asks a majority of the sentinels. Where there are none, nobody is asked, and every renewal counts.
struct SentinelConfirmation: PrimaryConfirmation {
    /// What to do while no majority of the sentinels can be asked.
    enum Policy: String, Sendable, CaseIterable {
        /// Renewals do not count: deliveries stop when the leases end.
        case required
        /// Renewals count: two replicas may deliver for one contact while Redis fails over behind a network that is split.
        case preferred
    }

    /// The time in which a promotion becomes known to a majority: sentinels tell each other every two seconds.
    static let promotionDelay = Duration.seconds(5)

    let isNeeded: Bool
    let policy: Policy

    init(_ configuration: BridgeConfiguration) {
        isNeeded = configuration.redis.isSentinel
        policy = configuration.sentinelQuorum
    }

    func confirms(_ client: RedisClient) async -> Bool {
        guard isNeeded else { return true }
        switch await client.askSentinels() {
        case .confirmed: return true
        case .otherPrimary:
            await client.reconnect()
            return false
        case .noMajority: return policy == .preferred
        }
    }
}
