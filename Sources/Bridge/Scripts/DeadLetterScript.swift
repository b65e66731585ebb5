import RedisStreams

/// Writes a dead letter and acknowledges its entry, in one step.
struct DeadLetterScript: GroupScript {
    static let source = ScriptSource(
        "dead_letter",
        ["incarnation": PackageResources.incarnation_lua, "dead_letter": PackageResources.dead_letter_lua]
    )

    let id: StreamID
    let partition: Int
    let token: FencingToken
    let maxLength: Int
    /// Those that say why, and those of the entry.
    let fields: [RedisArgument]

    func keys(in keys: StreamKeys) -> [String] {
        [keys.stream, keys.state, keys.leases, keys.suspects, keys.deadLetters]
    }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        [
            .string(keys.group), .string(token.incarnation), .integer(partition), .string(token.lease),
            .string(id.description), .integer(maxLength),
        ] + fields
    }

    /// - Returns: how many of the oldest letters were pushed out.
    func decode(_ reply: RedisValue) throws(RedisError) -> Int { reply.array?.last?.integer.map(Int.init) ?? 0 }
}
