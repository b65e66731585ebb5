import RedisStreams

/// Says whether the server that answered a heartbeat is the one that takes writes. A primary that others have replaced may go on answering for a
/// while: leases that are renewed there prove nothing.
protocol PrimaryConfirmation: Sendable {
    /// Asked after the heartbeat was sent.
    func confirmation(_ client: RedisClient) async -> PrimaryDoubt?
}

/// Why the server that answers is not known to be the primary.
public enum PrimaryDoubt: Sendable, Equatable {
    /// The sentinels name another server.
    case otherPrimary
    /// Too few sentinels answer.
    case noMajority(SentinelQuorum)

    /// Whether leases that are renewed there count all the same.
    public var renewalsCount: Bool { self == .noMajority(.preferred) }
}

/// What to do while no majority of the sentinels can be asked.
public enum SentinelQuorum: String, Sendable, CaseIterable {
    /// Renewals do not count: deliveries stop when the leases end.
    case required
    /// Renewals count: two replicas may deliver for one contact while Redis fails over behind a network that is split.
    case preferred
}

/// Asks a majority of the sentinels. Where there are none, nobody is asked, and every renewal counts.
struct SentinelConfirmation: PrimaryConfirmation {
    /// The time in which a promotion becomes known to a majority: sentinels tell each other every two seconds.
    static let promotionDelay = Duration.seconds(5)

    let isNeeded: Bool
    let policy: SentinelQuorum

    init(_ configuration: BridgeConfiguration) {
        isNeeded = configuration.redis.isSentinel
        policy = configuration.sentinelQuorum
    }

    func confirmation(_ client: RedisClient) async -> PrimaryDoubt? {
        guard isNeeded else { return nil }
        switch await client.askSentinels() {
        case .confirmed: return nil
        case .otherPrimary:
            await client.reconnect()
            return .otherPrimary
        case .noMajority: return .noMajority(policy)
        }
    }
}
