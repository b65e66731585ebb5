import RedisStreams

/// What a replica says in one heartbeat, beside that it is there.
struct Heartbeat: GroupScript, Equatable {
    static let source = ScriptSource(
        "heartbeat",
        [
            "notify": PackageResources.notify_lua, "incarnation": PackageResources.incarnation_lua,
            "position": PackageResources.position_lua, "heartbeat": PackageResources.heartbeat_lua,
        ]
    )

    struct Release: Sendable, Equatable {
        let partition: Int
        let lease: String
    }
    struct Claim: Sendable, Equatable {
        let partition: Int
        /// The lease as it was seen; empty when there never was one.
        let seen: String
        /// The owner's beat as it was seen; nil when the partition is free or its owner is no member.
        let beat: Int64?
    }
    /// A partition that is owned and is to be read from its beginning, in a new tenure: its lease gets the next epoch, so that nothing of the
    /// tenure before it is taken by Redis any more.
    typealias Reread = Release
    struct Eviction: Sendable, Equatable {
        let member: String
        let beat: Int64
    }

    let member: String
    /// The incarnation that this replica knows: in another one, nothing of the rest but releases counts. nil before the first answer.
    var incarnation: String?
    /// Whether the incarnation has lasted long enough.
    var confirmsIncarnation = false
    /// Partitions of which nothing waits to be planned any more: none of their entries is to blame should this process end.
    var planned: [Int] = []
    var rereads: [Reread] = []
    var releases: [Release] = []
    var claims: [Claim] = []
    var departures: [Eviction] = []

    /// Whether it is more than a sign of life.
    var changesSomething: Bool {
        confirmsIncarnation || !rereads.isEmpty || !releases.isEmpty || !claims.isEmpty || !departures.isEmpty
    }

    func keys(in keys: StreamKeys) -> [String] {
        [keys.state, keys.leases, keys.members, keys.hands, keys.stream]
    }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        var arguments: [String] = [member, keys.group, incarnation ?? "", confirmsIncarnation ? "1" : ""]
        arguments += [String(planned.count)] + planned.map { String($0) }
        arguments.append(String(releases.count))
        for release in releases { arguments += [String(release.partition), release.lease] }
        arguments.append(String(rereads.count))
        for reread in rereads { arguments += [String(reread.partition), reread.lease] }
        arguments.append(String(claims.count))
        for claim in claims { arguments += [String(claim.partition), claim.seen, claim.beat.map(String.init) ?? ""] }
        arguments.append(String(departures.count))
        for departure in departures { arguments += [departure.member, String(departure.beat)] }
        return arguments.map { .string($0) }
    }
    func decode(_ reply: RedisValue) throws(RedisError) -> GroupView { try GroupView(reply) }
}
