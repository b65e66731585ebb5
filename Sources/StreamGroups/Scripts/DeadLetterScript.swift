package import RedisStreams

/// Writes a dead letter and acknowledges its entry, in one step.
package struct DeadLetterScript: GroupScript {
    package static let source = ScriptSource(
        "dead_letter",
        ["incarnation": PackageResources.incarnation_lua, "dead_letter": PackageResources.dead_letter_lua]
    )

    package let id: StreamID
    package let partition: Int
    package let token: FencingToken
    package let maxLength: Int
    /// Those that say why, and those of the entry.
    package let fields: [RedisArgument]

    package init(
        id: StreamID,
        partition: Int,
        token: FencingToken,
        maxLength: Int,
        fields: [RedisArgument]
    ) {
        self.id = id
        self.partition = partition
        self.token = token
        self.maxLength = maxLength
        self.fields = fields
    }

    package func keys(in keys: GroupKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.suspects, keys.deadLetters]
    }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [
            .string(keys.group), .string(token.incarnation), .integer(partition), .string(token.lease),
            .string(id.description), .integer(maxLength),
        ] + fields
    }

    /// - Returns: how many of the oldest letters were pushed out.
    package func decode(_ reply: RedisValue) throws(RedisError) -> Int { reply.array?.last?.integer.map(Int.init) ?? 0 }
}
