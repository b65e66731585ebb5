extension RedisClient {
    /// Makes a consumer group, and the stream if need be.
    ///
    /// - Parameter start: `0`, `$` or an ID.
    /// - Returns: false when the group was there already.
    public func createGroup(
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
    public func readNew(
        _ stream: String,
        group: String,
        consumer: String,
        count: Int,
        block: Duration? = nil
    ) async throws(RedisError) -> [StreamEntry] {
        try await readGroup(stream, group: group, consumer: consumer, after: ">", count: count, block: block)
    }

    /// Reads what is pending for a consumer behind an ID. An entry that is gone from the stream has no fields.
    public func readHistory(
        _ stream: String,
        group: String,
        consumer: String,
        after: StreamID = .zero,
        count: Int
    ) async throws(RedisError) -> [StreamEntry] {
        try await readGroup(
            stream,
            group: group,
            consumer: consumer,
            after: after.description,
            count: count,
            block: nil
        )
    }

    private func readGroup(
        _ stream: String,
        group: String,
        consumer: String,
        after: String,
        count: Int,
        block: Duration?
    ) async throws(RedisError) -> [StreamEntry] {
        var arguments: [RedisArgument] = ["GROUP", .string(group), .string(consumer), "COUNT", .integer(count)]
        arguments += Self.blocking(block) + ["STREAMS", .string(stream), .string(after)]
        return try await StreamEntry.single(
            from: send(RedisCommand("XREADGROUP", arguments), timeout: block.map(deadline))
        )
    }

    /// Acknowledges entries.
    /// - Returns: how many were pending.
    public func ack(_ stream: String, group: String, ids: [StreamID]) async throws(RedisError) -> Int {
        if ids.isEmpty { return 0 }
        let arguments: [RedisArgument] = [.string(stream), .string(group)] + ids.map { .string($0.description) }
        return try await send(RedisCommand("XACK", arguments)).count("XACK")
    }

    /// Gives pending entries to a consumer.
    /// - Returns: those that it has now; the ones without fields are gone from the stream (before Redis 7.0).
    public func claim(
        _ stream: String,
        group: String,
        consumer: String,
        minIdle: Duration = .zero,
        ids: [StreamID]
    ) async throws(RedisError) -> [StreamEntry] {
        if ids.isEmpty { return [] }
        let arguments: [RedisArgument] =
            [.string(stream), .string(group), .string(consumer), .integer(minIdle.milliseconds)]
            + ids.map { .string($0.description) }
        return try await StreamEntry.list(from: send(RedisCommand("XCLAIM", arguments)))
    }

    /// As ``claim(_:group:consumer:minIdle:ids:)``, without the entries and without a change of their delivery counts.
    public func claimIDs(
        _ stream: String,
        group: String,
        consumer: String,
        minIdle: Duration = .zero,
        ids: [StreamID]
    ) async throws(RedisError) -> [StreamID] {
        if ids.isEmpty { return [] }
        let arguments: [RedisArgument] =
            [.string(stream), .string(group), .string(consumer), .integer(minIdle.milliseconds)]
            + ids.map { .string($0.description) } + ["JUSTID"]
        return try await send(RedisCommand("XCLAIM", arguments)).ids("XCLAIM")
    }

    /// Gives a consumer what others have held for long.
    public func autoclaim(
        _ stream: String,
        group: String,
        consumer: String,
        minIdle: Duration,
        start: StreamID = .zero,
        count: Int
    ) async throws(RedisError) -> AutoclaimAnswer {
        let arguments: [RedisArgument] = [
            .string(stream), .string(group), .string(consumer), .integer(minIdle.milliseconds),
            .string(start.description),
            "COUNT", .integer(count),
        ]
        return try AutoclaimAnswer(await send(RedisCommand("XAUTOCLAIM", arguments)))
    }

    /// How many entries are pending, and from where to where.
    public func pendingSummary(_ stream: String, group: String) async throws(RedisError) -> PendingSummary {
        try PendingSummary(await send(RedisCommand("XPENDING", [.string(stream), .string(group)])))
    }

    /// Pending entries one by one.
    public func pending(
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
            throw .malformed("XPENDING")
        }
        var entries: [PendingEntry] = []
        for item in items { entries.append(try PendingEntry(item)) }
        return entries
    }

    /// Removes a consumer from a group. What was pending for it is lost: check first.
    /// - Returns: how many entries were pending for it.
    public func deleteConsumer(_ stream: String, group: String, consumer: String) async throws(RedisError) -> Int {
        let arguments: [RedisArgument] = ["DELCONSUMER", .string(stream), .string(group), .string(consumer)]
        return try await send(RedisCommand("XGROUP", arguments)).count("XGROUP")
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
        guard let integer else { throw .malformed(command) }
        return Int(integer)
    }

    func ids(_ command: String) throws(RedisError) -> [StreamID] {
        guard let array else { throw .malformed(command) }
        return array.compactMap { StreamID($0) }
    }
}
