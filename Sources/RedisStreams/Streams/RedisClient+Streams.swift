extension RedisClient {
    /// Adds an entry.
    ///
    /// - Parameters:
    ///   - id: `*` unless given.
    ///   - maxLength: trims the stream to roughly this length.
    package func add(
        _ stream: String,
        fields: [StreamField],
        id: StreamID? = nil,
        maxLength: Int? = nil
    ) async throws(RedisError) -> StreamID {
        var arguments: [RedisArgument] = [.string(stream)]
        if let maxLength { arguments += ["MAXLEN", "~", .integer(maxLength)] }
        arguments.append(.string(id?.description ?? "*"))
        for field in fields { arguments += [.bytes(field.name), .bytes(field.value)] }
        guard let id = StreamID(try await send(RedisCommand("XADD", arguments))) else {
            throw .unexpectedReply(to: "XADD")
        }
        return id
    }

    /// Entries from one ID to another, both included.
    package func range(
        _ stream: String,
        from: StreamID = .zero,
        to: StreamID = .max,
        count: Int
    ) async throws(RedisError) -> [StreamEntry] {
        let arguments: [RedisArgument] = [
            .string(stream), .string(from.description), .string(to.description), "COUNT", .integer(count),
        ]
        return try await StreamEntry.list(from: send(RedisCommand("XRANGE", arguments)), of: "XRANGE")
    }

    /// As ``range(_:from:to:count:)``, the latest first.
    package func reverseRange(
        _ stream: String,
        from: StreamID = .max,
        to: StreamID = .zero,
        count: Int
    ) async throws(RedisError) -> [StreamEntry] {
        let arguments: [RedisArgument] = [
            .string(stream), .string(from.description), .string(to.description), "COUNT", .integer(count),
        ]
        return try await StreamEntry.list(from: send(RedisCommand("XREVRANGE", arguments)), of: "XREVRANGE")
    }

    /// Entries behind an ID, outside any group.
    /// - Parameter block: how long to wait for one; nil not to wait. The connection serves nothing else meanwhile.
    package func read(
        stream: String,
        after: StreamID,
        count: Int,
        block: Duration? = nil
    ) async throws(RedisError) -> [StreamEntry] {
        var arguments: [RedisArgument] = ["COUNT", .integer(count)]
        arguments += Self.blocking(block) + ["STREAMS", .string(stream), .string(after.description)]
        return try await StreamEntry.single(
            from: send(RedisCommand("XREAD", arguments), timeout: block.map(deadline)),
            of: "XREAD"
        )
    }

    /// Removes the oldest entries beyond a length; roughly, unless `exactly`.
    /// - Returns: how many.
    package func trim(_ stream: String, maxLength: Int, exactly: Bool = false) async throws(RedisError) -> Int {
        let arguments: [RedisArgument] = [.string(stream), "MAXLEN", exactly ? "=" : "~", .integer(maxLength)]
        return try await send(RedisCommand("XTRIM", arguments)).count("XTRIM")
    }

    /// Removes entries below an ID; roughly, unless `exactly`.
    /// - Returns: how many.
    package func trim(_ stream: String, below id: StreamID, exactly: Bool = false) async throws(RedisError) -> Int {
        let arguments: [RedisArgument] = [.string(stream), "MINID", exactly ? "=" : "~", .string(id.description)]
        return try await send(RedisCommand("XTRIM", arguments)).count("XTRIM")
    }

    /// Deletes entries.
    /// - Returns: how many were there.
    package func delete(_ stream: String, ids: [StreamID]) async throws(RedisError) -> Int {
        if ids.isEmpty { return 0 }
        return try await send(RedisCommand("XDEL", [.string(stream)] + ids.map { .string($0.description) })).count(
            "XDEL"
        )
    }

    /// The number of entries; 0 when there is no stream.
    package func length(_ stream: String) async throws(RedisError) -> Int {
        try await send(RedisCommand("XLEN", [.string(stream)])).count("XLEN")
    }

    /// Whether the server is there.
    package func ping() async throws(RedisError) { _ = try await send(RedisCommand("PING")) }
}
