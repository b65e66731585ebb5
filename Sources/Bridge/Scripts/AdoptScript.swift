import RedisStreams

/// Puts some of another program's pending entries into partitions.
struct AdoptScript: GroupScript {
    static let source = ScriptSource(
        "adopt",
        [
            "claims": PackageResources.claims_lua, "position": PackageResources.position_lua,
            "incarnation": PackageResources.incarnation_lua, "notify": PackageResources.notify_lua,
            "adopt": PackageResources.adopt_lua,
        ]
    )

    let incarnation: String
    /// The rule for the contact key.
    let rule: String
    /// Whether there is nothing behind these.
    let isLast: Bool
    /// With the partition of each; nil for one that is gone from the stream.
    let entries: [(id: StreamID, partition: Int?)]

    func keys(in keys: StreamKeys) -> [String] { [keys.stream, keys.state, keys.leases] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        var arguments: [RedisArgument] = [
            .string(keys.group), .string(incarnation), .string(rule), isLast ? "1" : "0",
        ]
        for (id, partition) in entries {
            arguments.append(.string(id.description))
            arguments.append(partition.map { RedisArgument.integer($0) } ?? "-")
        }
        return arguments
    }

    func decode(_ reply: RedisValue) throws(RedisError) -> (moved: Int, gone: Int, late: Int) {
        guard case .array(let parts) = reply, parts.count == 3, let moved = parts[0].integer,
            let gone = parts[1].integer, let late = parts[2].integer
        else { throw Self.unexpectedReply() }
        return (Int(moved), Int(gone), Int(late))
    }
}
