package import RedisStreams

/// Puts some of another program's pending entries into partitions.
package struct AdoptScript: GroupScript {
    package static let source = ScriptSource(
        "adopt",
        [
            "claims": PackageResources.claims_lua, "position": PackageResources.position_lua,
            "incarnation": PackageResources.incarnation_lua, "notify": PackageResources.notify_lua,
            "adopt": PackageResources.adopt_lua,
        ]
    )

    package let incarnation: String
    /// The rule for the contact key.
    package let rule: String
    /// Whether there is nothing behind these.
    package let isLast: Bool
    /// With the partition of each; nil for one that is gone from the stream.
    package let entries: [(id: StreamID, partition: Int?)]

    package init(
        incarnation: String,
        rule: String,
        isLast: Bool,
        entries: [(id: StreamID, partition: Int?)]
    ) {
        self.incarnation = incarnation
        self.rule = rule
        self.isLast = isLast
        self.entries = entries
    }

    package func keys(in keys: GroupKeys) -> [String] { [keys.stream, keys.state, keys.leases] }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        var arguments: [RedisArgument] = [
            .string(keys.group), .string(incarnation), .string(rule), isLast ? "1" : "0",
        ]
        for (id, partition) in entries {
            arguments.append(.string(id.description))
            arguments.append(partition.map { RedisArgument.integer($0) } ?? "-")
        }
        return arguments
    }

    package func decode(_ reply: RedisValue) throws(RedisError) -> (moved: Int, gone: Int, late: Int) {
        guard case .array(let parts) = reply, parts.count == 3, let moved = parts[0].integer,
            let gone = parts[1].integer, let late = parts[2].integer
        else { throw Self.unexpectedReply() }
        return (Int(moved), Int(gone), Int(late))
    }
}
