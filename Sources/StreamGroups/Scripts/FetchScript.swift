package import RedisStreams

/// Asks what waits in partitions. What the entries hold is read by plain commands: no script ever sees it.
package struct FetchScript: GroupScript {
    package static let source = ScriptSource(
        "fetch",
        ["incarnation": PackageResources.incarnation_lua, "fetch": PackageResources.fetch_lua]
    )

    package struct Partition: Sendable {
        package let partition: Int
        /// nil where the tenure is over.
        package let lease: String?
        package let after: StreamID
        package let count: Int
        /// Whether a suspect may be given out.
        package let allowsQuarantined: Bool

        package init(partition: Int, lease: String?, after: StreamID, count: Int, allowsQuarantined: Bool) {
            self.partition = partition
            self.lease = lease
            self.after = after
            self.count = count
            self.allowsQuarantined = allowsQuarantined
        }
    }

    package let incarnation: String
    /// The entries that it may give in all.
    package let most: Int
    /// Partitions of which nothing waits to be planned any more.
    package let planned: [Int]
    package let partitions: [Partition]

    package init(incarnation: String, most: Int, planned: [Int], partitions: [Partition]) {
        self.incarnation = incarnation
        self.most = most
        self.planned = planned
        self.partitions = partitions
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects]
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        var arguments: [RedisArgument] = [
            .string(keys.group), .string(incarnation), .integer(most), .integer(planned.count),
        ]
        arguments.reserveCapacity(4 + planned.count + partitions.count * 5)
        for partition in planned { arguments.append(.integer(partition)) }
        for partition in partitions {
            arguments.append(.integer(partition.partition))
            arguments.append(.string(partition.lease ?? Self.noLease))
            arguments.append(.string(partition.after.description))
            arguments.append(.integer(partition.count))
            arguments.append(partition.allowsQuarantined ? "1" : "0")
        }
        return arguments
    }

    /// - Returns: one for each partition, until there were so many; nil where another replica owns it.
    package func decode(_ reply: RedisValue) throws(RedisError) -> [PullGrant?] {
        try PullGrant.list(reply, atMost: partitions.count)
    }
}

/// The fetch script's answer for one partition: up to where its entries may be read.
package struct PullGrant: Sendable, Equatable {
    package let count: Int
    package let last: StreamID?
    package let deaths: Int
    package let suspectWaits: Bool

    /// - Returns: one for each partition that the call came to; nil where the caller is not the owner.
    package static func list(_ value: RedisValue, atMost count: Int) throws(RedisError) -> [PullGrant?] {
        guard case .array(let parts) = value, parts.count <= count else { throw FetchScript.unexpectedReply() }
        var list: [PullGrant?] = []
        for part in parts {
            guard case .array(let fields) = part, fields.count == 4, let count = fields[0].integer else {
                list.append(nil)
                continue
            }
            list.append(
                PullGrant(
                    count: Int(count),
                    last: StreamID(fields[1]),
                    deaths: Int(fields[2].integer ?? 0),
                    suspectWaits: fields[3] == .integer(1)
                )
            )
        }
        return list
    }
}
