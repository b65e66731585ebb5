import RedisStreams

/// Raises the counts of what the last owners of partitions had in hand, and not planned, when they died.
struct RecordCrashScript: GroupScript {
    static let source = ScriptSource(
        "record_crash",
        ["incarnation": PackageResources.incarnation_lua, "record_crash": PackageResources.record_crash_lua]
    )

    let incarnation: String
    /// With the lease that the caller has; nil where it has none.
    let partitions: [(partition: Int, lease: String?)]

    func keys(in keys: StreamKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        [.string(keys.group), .string(incarnation)]
            + partitions.flatMap { [RedisArgument.integer($0.partition), .string($0.lease ?? Self.noLease)] }
    }

    /// - Returns: how many entries that were.
    func decode(_ reply: RedisValue) throws(RedisError) -> Int {
        (reply.array ?? []).reduce(0) { $0 + Int($1.integer ?? 0) }
    }
}
