import RedisStreams

/// What a replica says in one heartbeat, beside that it is there.
struct Heartbeat: Sendable, Equatable {
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
    struct Departure: Sendable, Equatable {
        let member: String
        let beat: Int64
    }

    let member: String
    /// The reign that this replica knows: in another one, nothing of the rest but releases counts. nil before the first answer.
    var reign: String?
    /// Whether the reign has lasted long enough.
    var settles = false
    var releases: [Release] = []
    var claims: [Claim] = []
    var departures: [Departure] = []

    /// Whether it is more than a sign of life.
    var changesSomething: Bool { settles || !releases.isEmpty || !claims.isEmpty || !departures.isEmpty }

    var arguments: [RedisArgument] {
        var arguments: [String] = [member, reign ?? "", settles ? "1" : "", String(releases.count)]
        for release in releases { arguments += [String(release.partition), release.lease] }
        arguments.append(String(claims.count))
        for claim in claims { arguments += [String(claim.partition), claim.seen, claim.beat.map(String.init) ?? ""] }
        arguments.append(String(departures.count))
        for departure in departures { arguments += [departure.member, String(departure.beat)] }
        return arguments.map { .string($0) }
    }
}
