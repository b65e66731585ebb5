import RedisStreams

/// Says whether the server that answered a heartbeat is the one that takes writes. A primary that others have replaced may go on answering for a
/// while: leases that are renewed there prove nothing.
protocol PrimaryConfirmation: Sendable {
    /// Asked after the heartbeat was sent.
    func confirmation(_ client: RedisClient) async -> PrimaryDoubt?
}

/// Why the server that answers is not known to be the primary.
package enum PrimaryDoubt: Sendable, Equatable {
    /// The sentinels, or the cluster's primaries, name another server.
    case otherPrimary
    /// Too few of them answer.
    case noMajority(QuorumPolicy)

    /// Whether leases that are renewed there count all the same.
    package var renewalsCount: Bool { self == .noMajority(.preferred) }
}

/// What to do while no majority of the sentinels, or of the cluster's primaries, can be asked.
package enum QuorumPolicy: String, Sendable, CaseIterable {
    /// Renewals do not count: deliveries stop when the leases end.
    case required
    /// Renewals count: two replicas may deliver for one contact while Redis fails over behind a network that is split.
    case preferred
}

/// Asks a majority of those who decide on promotions. Where there are none, nobody is asked, and every renewal counts.
struct MajorityConfirmation: PrimaryConfirmation {
    /// The time in which a promotion becomes known to a majority: sentinels tell each other every two seconds, a cluster's nodes at once.
    static let promotionDelay = Duration.seconds(5)

    let policy: QuorumPolicy

    func confirmation(_ client: RedisClient) async -> PrimaryDoubt? {
        switch await client.askMajority() {
        case .confirmed, nil: return nil
        case .otherPrimary:
            await client.reconnect()
            return .otherPrimary
        case .noMajority: return .noMajority(policy)
        }
    }
}
