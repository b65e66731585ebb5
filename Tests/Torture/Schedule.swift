import DevKit
import Support

/// What the nemesis does, one thing after another; the same for the same seed.
struct Schedule: Sendable, Equatable {
    enum Action: Sendable, Equatable, CaseIterable {
        /// SIGSTOP for a moment, shorter than a lease.
        case nap
        /// SIGSTOP until others have taken over, then SIGCONT: a zombie.
        case zombie
        /// SIGKILL, and another replica comes.
        case crash
        /// SIGTERM, and another replica comes.
        case handover
        case join
        case leave
        /// Redis ends and comes back with all that it acknowledged.
        case restart
        case crashRedis
        /// Redis ends and a standby takes over that has not got the latest writes.
        case failover
        /// All connections to Redis end.
        case cut
        /// Nothing passes between replicas and Redis for longer than a lease.
        case silence
        case reload
        /// A clean handover while the standby lags, which then takes over: the ends of both owners are lost.
        case laggingHandover
        /// A replica joins while the standby lags, which then takes over.
        case laggingJoin
        /// A clean handover, and Redis comes back from a copy of its files from before.
        case snapshot
        /// The group is destroyed while replicas run.
        case groupDestroyed
        /// The group's position is set back while replicas run.
        case groupSetBack
        /// A replica comes that is configured with a longer lease, and one of the others goes.
        case longerLease
        /// Another program takes entries from the group and does not acknowledge them.
        case foreignReader
        /// A person makes the standby take over.
        case orderedPromotion
        /// The primary ends, and the standby takes over by itself.
        case killedPrimary
        /// The same while the standby lags and a replica is replaced: the ends of both owners are lost.
        case laggingPromotion
        /// The primary is stopped until the standby has taken over, and goes on as if nothing had happened.
        case stalePrimary
        /// The primary is cut off from its standby and the sentinels, and from nobody else; the standby takes over, and a replica joins.
        case isolatedPrimary
        /// The stream's slot moves to another server, during traffic, and back.
        case slotMoved

        /// Where it can be done.
        var kinds: [RedisKind] {
            switch self {
            case .nap, .zombie, .crash, .handover, .join, .leave, .reload, .groupDestroyed, .groupSetBack, .longerLease,
                .foreignReader:
                RedisKind.allCases
            case .restart, .crashRedis, .failover, .cut, .silence, .laggingHandover, .laggingJoin, .snapshot: [.pair]
            case .orderedPromotion, .killedPrimary, .laggingPromotion, .stalePrimary: [.sentinels, .cluster]
            case .isolatedPrimary: [.sentinels]
            case .slotMoved: [.cluster]
            }
        }

        static func all(_ kind: RedisKind) -> [Action] { allCases.filter { $0.kinds.contains(kind) } }
    }

    var actions: [Action]

    init(_ actions: [Action]) { self.actions = actions }

    /// Every action once, in an order of the seed's, then others at random.
    /// - Parameter count: how many; nil for each once.
    init(seed: UInt64, count: Int?, kind: RedisKind = .pair) {
        var random = SplitMix64(seed: seed)
        let all = Action.all(kind)
        var actions = all.shuffled(using: &random)
        while actions.count < count ?? 0 { actions.append(all.randomElement(using: &random) ?? .nap) }
        self.actions = Array(actions.prefix(count ?? all.count))
    }
}
