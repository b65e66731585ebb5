import RedisStreams

/// Acknowledges entries of partitions, each under the lease of the tenure in which it was read.
struct AcknowledgeScript: GroupScript {
    static let source = ScriptSource(
        "ack",
        ["incarnation": PackageResources.incarnation_lua, "ack": PackageResources.ack_lua]
    )

    struct Batch: Sendable {
        let partition: Int
        /// nil where the tenure is over.
        let lease: String?
        let ids: [StreamID]
    }

    let incarnation: String
    let batches: [Batch]

    func keys(in keys: StreamKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.suspects] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
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
    func decode(_ reply: RedisValue) throws(RedisError) -> Set<Int> {
        guard let numbers = reply.array, !numbers.isEmpty else { throw Self.unexpectedReply() }
        return Set(numbers.dropFirst().compactMap { $0.integer.map { Int($0) - 1 } })
    }
}
