extension RedisClient {
    /// Makes a consumer group, and the stream if need be.
    ///
    /// - Parameter start: `0`, `$` or an ID.
    /// - Returns: false when the group was there already.
    package func createGroup(
        _ stream: String,
        group: String,
        start: String = "0",
        makeStream: Bool = true
    ) async throws(RedisError) -> Bool {
        var arguments: [RedisArgument] = ["CREATE", .string(stream), .string(group), .string(start)]
        if makeStream { arguments.append("MKSTREAM") }
        do {
            _ = try await send(RedisCommand("XGROUP", arguments))
            return true
        } catch {
            guard case .server(let fault) = error.reason, fault.code == "BUSYGROUP" else { throw error }
            return false
        }
    }

    /// Reads entries that the group has not handed out yet.
    ///
    /// - Parameter block: how long to wait for one; nil not to wait. The connection serves nothing else meanwhile.
    package func readNew(
        _ stream: String,
        group: String,
        consumer: String,
        count: Int,
        block: Duration? = nil
    ) async throws(RedisError) -> [StreamEntry] {
        var arguments: [RedisArgument] = ["GROUP", .string(group), .string(consumer), "COUNT", .integer(count)]
        arguments += Self.blocking(block) + ["STREAMS", .string(stream), ">"]
        return try await StreamEntry.single(
            from: send(RedisCommand("XREADGROUP", arguments), timeout: block.map(deadline)),
            of: "XREADGROUP"
        )
    }

    /// Acknowledges entries.
    /// - Returns: how many were pending.
    package func ack(_ stream: String, group: String, ids: [StreamID]) async throws(RedisError) -> Int {
        if ids.isEmpty { return 0 }
        let arguments: [RedisArgument] = [.string(stream), .string(group)] + ids.map { .string($0.description) }
        return try await send(RedisCommand("XACK", arguments)).count("XACK")
    }

    /// How many entries are pending, and from where to where.
    package func pendingSummary(_ stream: String, group: String) async throws(RedisError) -> PendingSummary {
        try PendingSummary(await send(RedisCommand("XPENDING", [.string(stream), .string(group)])))
    }

    /// Pending entries one by one.
    package func pending(
        _ stream: String,
        group: String,
        from: StreamID = .zero,
        to: StreamID = .max,
        count: Int,
        consumer: String? = nil
    ) async throws(RedisError) -> [PendingEntry] {
        var arguments: [RedisArgument] = [
            .string(stream), .string(group), .string(from.description), .string(to.description), .integer(count),
        ]
        if let consumer { arguments.append(.string(consumer)) }
        guard let items = try await send(RedisCommand("XPENDING", arguments)).array else {
            throw .unexpectedReply(to: "XPENDING")
        }
        var entries: [PendingEntry] = []
        for item in items { entries.append(try PendingEntry(item)) }
        return entries
    }

    /// A blocking command's deadline: its block, and the time of an ordinary command on top, since a server wakes a blocked client late when
    /// another one took the entry.
    func deadline(_ block: Duration) -> Duration { min(block, .seconds(Int32.max)) + configuration.commandTimeout }

    /// `BLOCK 0` would mean for ever: no time is no block, and the least is a millisecond.
    static func blocking(_ block: Duration?) -> [RedisArgument] {
        guard let block, block > .zero else { return [] }
        return ["BLOCK", .integer(max(min(block, .seconds(Int32.max)).milliseconds, 1))]
    }
}

extension RedisValue {
    func count(_ command: String) throws(RedisError) -> Int {
        guard let integer else { throw .unexpectedReply(to: command) }
        return Int(integer)
    }
}
