package import RedisStreams

/// Raises the counts of what the last owners of partitions had in hand, and not planned, when they died.
package struct RecordCrashScript: GroupScript {
    package static let source = ScriptSource(
        "record_crash",
        ["incarnation": PackageResources.incarnation_lua, "record_crash": PackageResources.record_crash_lua]
    )

    package let incarnation: String
    /// With the lease that the caller has; nil where it has none.
    package let partitions: [(partition: Int, lease: String?)]

    package init(incarnation: String, partitions: [(partition: Int, lease: String?)]) {
        self.incarnation = incarnation
        self.partitions = partitions
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects]
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [.string(keys.group), .string(incarnation)]
            + partitions.flatMap { [RedisArgument.integer($0.partition), .string($0.lease ?? Self.noLease)] }
    }

    /// - Returns: how many entries that were.
    package func decode(_ reply: RedisValue) throws(RedisError) -> Int {
        (reply.array ?? []).reduce(0) { $0 + Int($1.integer ?? 0) }
    }
}
