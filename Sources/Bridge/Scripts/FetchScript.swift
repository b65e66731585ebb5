import RedisStreams

/// Asks what waits in partitions. What the entries hold is read by plain commands: no script ever sees it.
struct FetchScript: GroupScript {
    static let source = ScriptSource(
        "fetch",
        ["incarnation": PackageResources.incarnation_lua, "fetch": PackageResources.fetch_lua]
    )

    struct Partition: Sendable {
        let partition: Int
        /// nil where the tenure is over.
        let lease: String?
        let after: StreamID
        let count: Int
        /// Whether a suspect may be given out.
        let maySuspect: Bool
    }

    let incarnation: String
    /// The entries that it may give in all.
    let most: Int
    /// Partitions of which nothing waits to be planned any more.
    let planned: [Int]
    let partitions: [Partition]

    func keys(in keys: StreamKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
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
            arguments.append(partition.maySuspect ? "1" : "0")
        }
        return arguments
    }

    /// - Returns: one for each partition, until there were so many; nil where another replica owns it.
    func decode(_ reply: RedisValue) throws(RedisError) -> [PullGrant?] {
        try PullGrant.list(reply, atMost: partitions.count)
    }
}

/// The fetch script's answer for one partition: up to where its entries may be read.
struct PullGrant: Sendable, Equatable {
    let count: Int
    let last: StreamID?
    let deaths: Int
    let suspectWaits: Bool

    /// - Returns: one for each partition that the call came to; nil where the caller is not the owner.
    static func list(_ value: RedisValue, atMost count: Int) throws(RedisError) -> [PullGrant?] {
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
