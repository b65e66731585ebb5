package import RedisStreams

/// Writes a dead letter and acknowledges its entry, in one step.
package struct DeadLetterScript: GroupScript {
    package static let source = ScriptSource(
        "dead_letter",
        [
            "incarnation": PackageResources.incarnation_lua, "receipt": PackageResources.receipt_lua,
            "dead_letter": PackageResources.dead_letter_lua,
        ]
    )

    package let id: StreamID
    package let partition: Int
    package let token: FencingToken
    package let maxLength: Int
    /// Those that say why, and those of the entry.
    package let fields: [RedisArgument]
    /// How long the stream of receipts may get, roughly; 0 for none.
    package let receiptsMax: Int
    /// ``Receipt/text``
    package let receipt: String

    package init(
        id: StreamID,
        partition: Int,
        token: FencingToken,
        maxLength: Int,
        fields: [RedisArgument],
        receiptsMax: Int = 0,
        receipt: String = ""
    ) {
        (self.receiptsMax, self.receipt) = (receiptsMax, receipt)
        self.id = id
        self.partition = partition
        self.token = token
        self.maxLength = maxLength
        self.fields = fields
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.suspects, keys.deadLetters]
            + (receiptsMax > 0 ? [keys.receipts] : [])
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [
            .string(keys.group), .string(token.incarnation), .integer(partition), .string(token.lease),
            .string(id.description), .integer(maxLength), .integer(receiptsMax), .string(receipt),
        ] + fields
    }

    /// - Returns: how many of the oldest letters were pushed out, and how many receipts could not be written.
    package func decode(_ reply: RedisValue) throws(RedisError) -> (evicted: Int, lostReceipts: Int) {
        guard let parts = reply.array, parts.count == 3 else { return (0, 0) }
        return (parts[1].integer.map(Int.init) ?? 0, parts[2].integer.map(Int.init) ?? 0)
    }
}
