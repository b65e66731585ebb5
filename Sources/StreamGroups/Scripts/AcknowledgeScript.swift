package import RedisStreams

/// Acknowledges entries of partitions, each under the lease of the tenure in which it was read.
package struct AcknowledgeScript: GroupScript {
    package static let source = ScriptSource(
        "ack",
        [
            "incarnation": PackageResources.incarnation_lua, "receipt": PackageResources.receipt_lua,
            "ack": PackageResources.ack_lua,
        ]
    )

    package struct Batch: Sendable {
        package let partition: Int
        /// nil where the tenure is over.
        package let lease: String?
        package let ids: [StreamID]
        /// ``Receipt/text`` of each entry; empty where none are written.
        package let receipts: [String]

        package init(partition: Int, lease: String?, ids: [StreamID], receipts: [String] = []) {
            self.receipts = receipts
            self.partition = partition
            self.lease = lease
            self.ids = ids
        }
    }

    package let incarnation: String
    package let batches: [Batch]
    /// How long the stream of receipts may get, roughly; 0 for none. Then every batch has as many receipts as IDs.
    package let receiptsMax: Int

    package init(incarnation: String, batches: [Batch], receiptsMax: Int = 0) {
        self.receiptsMax = receiptsMax
        self.incarnation = incarnation
        self.batches = batches
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.suspects] + (receiptsMax > 0 ? [keys.receipts] : [])
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        var arguments: [RedisArgument] = [.string(keys.group), .string(incarnation), .integer(receiptsMax)]
        for batch in batches {
            arguments.append(.integer(batch.partition))
            arguments.append(.string(batch.lease ?? Self.noLease))
            arguments.append(.integer(batch.ids.count))
            for id in batch.ids { arguments.append(.string(id.description)) }
            if receiptsMax > 0 { arguments += batch.receipts.map { .string($0) } }
        }
        return arguments
    }

    /// - Returns: the places of the batches that were refused, since their partitions' tenures are over, and how many receipts could not be
    ///   written.
    package func decode(_ reply: RedisValue) throws(RedisError) -> (refused: Set<Int>, lostReceipts: Int) {
        guard let numbers = reply.array, !numbers.isEmpty else { throw Self.unexpectedReply() }
        let others = numbers.dropFirst().compactMap(\.integer)
        return (Set(others.filter { $0 > 0 }.map { Int($0) - 1 }), Int(-(others.first { $0 < 0 } ?? 0)))
    }
}
