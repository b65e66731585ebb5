package import RedisStreams

/// Acknowledges entries of partitions, each under the lease of the tenure in which it was read.
package struct AcknowledgeScript: GroupScript {
    package static let source = ScriptSource(
        "ack",
        ["incarnation": PackageResources.incarnation_lua, "ack": PackageResources.ack_lua]
    )

    package struct Batch: Sendable {
        package let partition: Int
        /// nil where the tenure is over.
        package let lease: String?
        package let ids: [StreamID]

        package init(partition: Int, lease: String?, ids: [StreamID]) {
            self.partition = partition
            self.lease = lease
            self.ids = ids
        }
    }

    package let incarnation: String
    package let batches: [Batch]

    package init(incarnation: String, batches: [Batch]) {
        self.incarnation = incarnation
        self.batches = batches
    }

    package func keys(in keys: GroupKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.suspects] }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        var arguments: [RedisArgument] = [.string(keys.group), .string(incarnation)]
        for batch in batches {
            arguments.append(.integer(batch.partition))
            arguments.append(.string(batch.lease ?? Self.noLease))
            arguments.append(.integer(batch.ids.count))
            for id in batch.ids { arguments.append(.string(id.description)) }
        }
        return arguments
    }

    /// - Returns: the places of the batches that were refused: their partitions' tenures are over.
    package func decode(_ reply: RedisValue) throws(RedisError) -> Set<Int> {
        guard let numbers = reply.array, !numbers.isEmpty else { throw Self.unexpectedReply() }
        return Set(numbers.dropFirst().compactMap { $0.integer.map { Int($0) - 1 } })
    }
}
