import DevKit

/// What the nemesis does, one thing after another; the same for the same seed.
struct Course: Sendable, Equatable {
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
    }

    var actions: [Action]

    init(_ actions: [Action]) { self.actions = actions }

    /// Every action once, in an order of the seed's, then others at random.
    init(seed: UInt64, count: Int) {
        var random = SplitMix64(seed: seed)
        var actions = Action.allCases.shuffled(using: &random)
        while actions.count < count { actions.append(Action.allCases.randomElement(using: &random) ?? .nap) }
        self.actions = Array(actions.prefix(count))
    }
}
