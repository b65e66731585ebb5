package import RedisStreams

/// What a replica says in one heartbeat, beside that it is there.
package struct Heartbeat: GroupScript, Equatable {
    package static let source = ScriptSource(
        "heartbeat",
        [
            "notify": PackageResources.notify_lua, "incarnation": PackageResources.incarnation_lua,
            "position": PackageResources.position_lua, "heartbeat": PackageResources.heartbeat_lua,
        ]
    )

    package struct Release: Sendable, Equatable {
        package let partition: Int
        package let lease: String

        package init(partition: Int, lease: String) {
            self.partition = partition
            self.lease = lease
        }
    }
    package struct Claim: Sendable, Equatable {
        package let partition: Int
        /// The lease as it was seen; empty when there never was one.
        package let seen: String
        /// The owner's beat as it was seen; nil when the partition is free or its owner is no member.
        package let beat: Int64?

        package init(partition: Int, seen: String, beat: Int64?) {
            self.partition = partition
            self.seen = seen
            self.beat = beat
        }
    }
    /// A partition that is owned and is to be read from its beginning, in a new tenure: its lease gets the next epoch, so that nothing of the
    /// tenure before it is taken by Redis any more.
    package typealias Reread = Release
    package struct Eviction: Sendable, Equatable {
        package let member: String
        package let beat: Int64

        package init(member: String, beat: Int64) {
            self.member = member
            self.beat = beat
        }
    }

    package let member: String
    /// The incarnation that this replica knows: in another one, nothing of the rest but releases counts. nil before the first answer.
    package var incarnation: String?
    /// Whether the incarnation has lasted long enough.
    package var confirmsIncarnation = false
    /// Where people find this replica's page; nil for nowhere.
    package var address: PublicAddress?
    /// Partitions of which nothing waits to be planned any more: none of their entries is to blame should this process end.
    package var planned: [Int] = []
    package var rereads: [Reread] = []
    package var releases: [Release] = []
    package var claims: [Claim] = []
    package var departures: [Eviction] = []

    package init(
        member: String,
        incarnation: String? = nil,
        confirmsIncarnation: Bool = false,
        planned: [Int] = [],
        rereads: [Reread] = [],
        releases: [Release] = [],
        claims: [Claim] = [],
        departures: [Eviction] = []
    ) {
        self.member = member
        self.incarnation = incarnation
        self.confirmsIncarnation = confirmsIncarnation
        self.planned = planned
        self.rereads = rereads
        self.releases = releases
        self.claims = claims
        self.departures = departures
    }

    /// Whether it is more than a sign of life.
    package var changesSomething: Bool {
        confirmsIncarnation || !rereads.isEmpty || !releases.isEmpty || !claims.isEmpty || !departures.isEmpty
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.state, keys.leases, keys.members, keys.hands, keys.stream]
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        var arguments: [String] = [
            member, keys.group, incarnation ?? "", confirmsIncarnation ? "1" : "", address?.text ?? "",
        ]
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
    package func decode(_ reply: RedisValue) throws(RedisError) -> GroupView { try GroupView(reply) }
}
