package import RedisStreams

/// Puts what was read behind the group's position into its partitions.
package struct RouteScript: GroupScript {
    package static let source = ScriptSource(
        "route",
        [
            "claims": PackageResources.claims_lua, "position": PackageResources.position_lua,
            "incarnation": PackageResources.incarnation_lua, "notify": PackageResources.notify_lua,
            "route": PackageResources.route_lua,
        ]
    )

    /// A partition of which everything is in the caller's hand, unless others were routed there that nobody has told of.
    package struct CaughtUpPartition: Sendable {
        package let partition: Int
        /// nil where the tenure is over.
        package let lease: String?
        package let cursor: StreamID

        package init(partition: Int, lease: String?, cursor: StreamID) {
            self.partition = partition
            self.lease = lease
            self.cursor = cursor
        }
    }

    package let member: String
    package let incarnation: String
    /// The rule for the contact key.
    package let rule: String
    /// Entries that may be pending.
    package let maxPending: Int
    /// The ID behind which was read.
    package let from: StreamID
    /// How many entries of the stream have been passed there; nil to say nothing of it.
    package let passed: Int?
    /// Partitions of which nothing waits to be planned any more.
    package let planned: [Int]
    package let entries: [(id: StreamID, partition: Int)]
    package let caughtUpPartitions: [CaughtUpPartition]

    package init(
        member: String,
        incarnation: String,
        rule: String,
        maxPending: Int,
        from: StreamID,
        passed: Int?,
        planned: [Int],
        entries: [(id: StreamID, partition: Int)],
        caughtUpPartitions: [CaughtUpPartition]
    ) {
        self.member = member
        self.incarnation = incarnation
        self.rule = rule
        self.maxPending = maxPending
        self.from = from
        self.passed = passed
        self.planned = planned
        self.entries = entries
        self.caughtUpPartitions = caughtUpPartitions
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects]
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
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

    package func decode(_ reply: RedisValue) throws(RedisError) -> RouteAnswer { try RouteAnswer(reply) }
}

/// What the route script did.
package struct RouteAnswer: Sendable, Equatable {
    /// Entries that were put into their partitions: the last ones of the call.
    package let entries: Int
    /// Whether too many are pending, so that nothing was routed.
    package let isFull: Bool
    /// The group's position: the ID up to which all has been routed, by whichever replica.
    package let position: StreamID
    /// This member's partitions to fetch: they got some from others, or from this call and had not been read to their end.
    package let partitions: [Int]
    /// The partitions that had been read to their end, whose new entries of this call are in this member's hand now.
    package let given: Set<Int>
    /// Whether this member's partitions may have got older entries than those that were read: they are read again in a new tenure.
    package let readsAgain: Bool
    /// How many entries of the stream have been passed at the position; nil where that is unknown.
    package let passed: Int?
    /// As ``passed``, if all that was ever added was passed by now: what ``passed`` should be once nothing is found behind the position.
    package let added: Int?
    /// Entries that were trimmed or deleted before they could be routed.
    package let lost: Int

    package init(_ value: RedisValue) throws(RedisError) {
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
