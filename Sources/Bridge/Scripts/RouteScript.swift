import RedisStreams

/// Puts what was read behind the group's position into its partitions.
struct RouteScript: GroupScript {
    static let source = ScriptSource(
        "route",
        [
            "claims": PackageResources.claims_lua, "position": PackageResources.position_lua,
            "incarnation": PackageResources.incarnation_lua, "notify": PackageResources.notify_lua,
            "route": PackageResources.route_lua,
        ]
    )

    /// A partition of which everything is in the caller's hand, unless others were routed there that nobody has told of.
    struct CaughtUpPartition: Sendable {
        let partition: Int
        /// nil where the tenure is over.
        let lease: String?
        let cursor: StreamID
    }

    let member: String
    let incarnation: String
    /// The rule for the contact key.
    let rule: String
    /// Entries that may be pending.
    let maxPending: Int
    /// The ID behind which was read.
    let from: StreamID
    /// How many entries of the stream have been passed there; nil to say nothing of it.
    let passed: Int?
    /// Partitions of which nothing waits to be planned any more.
    let planned: [Int]
    let entries: [(id: StreamID, partition: Int)]
    let caughtUpPartitions: [CaughtUpPartition]

    func keys(in keys: StreamKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        var arguments: [RedisArgument] = [
            .string(keys.group), .string(member), .string(incarnation), .string(rule), .integer(maxPending),
            .string(from.description), passed.map { RedisArgument.integer($0) } ?? "", .integer(planned.count),
        ]
        arguments.reserveCapacity(10 + planned.count + entries.count * 2 + caughtUpPartitions.count * 3)
        for partition in planned { arguments.append(.integer(partition)) }
        arguments.append(.integer(entries.count))
        for (id, partition) in entries {
            arguments.append(.string(id.description))
            arguments.append(.integer(partition))
        }
        arguments.append(.integer(caughtUpPartitions.count))
        for end in caughtUpPartitions {
            arguments.append(.integer(end.partition))
            arguments.append(.string(end.lease ?? Self.noLease))
            arguments.append(.string(end.cursor.description))
        }
        return arguments
    }

    func decode(_ reply: RedisValue) throws(RedisError) -> RouteAnswer { try RouteAnswer(reply) }
}

/// What the route script did.
struct RouteAnswer: Sendable, Equatable {
    /// Entries that were put into their partitions: the last ones of the call.
    let entries: Int
    /// Whether too many are pending, so that nothing was routed.
    let isFull: Bool
    /// The group's position: the ID up to which all has been routed, by whichever replica.
    let position: StreamID
    /// This member's partitions to fetch: they got some from others, or from this call and had not been read to their end.
    let partitions: [Int]
    /// The partitions that had been read to their end, whose new entries of this call are in this member's hand now.
    let given: Set<Int>
    /// Whether this member's partitions may have got older entries than those that were read: they are read again in a new tenure.
    let readsAgain: Bool
    /// How many entries of the stream have been passed at the position; nil where that is unknown.
    let passed: Int?
    /// As ``passed``, if all that was ever added was passed by now: what ``passed`` should be once nothing is found behind the position.
    let added: Int?
    /// Entries that were trimmed or deleted before they could be routed.
    let lost: Int

    init(_ value: RedisValue) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 8, let entries = parts[0].integer,
            let full = parts[1].integer, let position = StreamID(parts[2]), let touched = parts[3].array,
            let given = parts[4].array, let passed = parts[5].integer, let added = parts[6].integer,
            let lost = parts[7].integer
        else { throw RouteScript.unexpectedReply() }
        self.entries = Int(entries)
        self.isFull = full != 0
        self.position = position
        let numbers = touched.compactMap { $0.integer.map { Int($0) } }
        self.partitions = numbers.filter { $0 >= 0 }
        self.readsAgain = numbers.contains(-1)
        self.given = Set(given.compactMap { $0.integer.map { Int($0) } })
        self.passed = passed < 0 ? nil : Int(passed)
        self.added = added < 0 ? nil : Int(added)
        self.lost = Int(lost)
    }
}
