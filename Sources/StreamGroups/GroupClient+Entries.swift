package import RedisStreams

/// What is read and trimmed by plain commands.
extension GroupClient {
    /// What entries hold, by their IDs; nil for one that is gone.
    package func entries(_ ids: [StreamID], in incarnation: String) async throws -> [StreamEntry?] {
        if ids.isEmpty { return [] }
        let commands = ids.map {
            RedisCommand("XRANGE", [.string(keys.stream), .string($0.description), .string($0.description)])
        }
        return try await read(commands, in: incarnation).map { try StreamEntry.list(from: $0, of: "XRANGE").first }
    }

    /// Pending entries of consumers that are no partitions, in the order of their IDs, from `after` on.
    /// - Returns: those among the next `count` pending ones, and the ID to go on behind; nil when there is nothing behind.
    package func foreign(after: StreamID, count: Int) async throws -> (ids: [StreamID], next: StreamID?) {
        let answer = try await client.send(
            RedisCommand(
                "XPENDING",
                [.string(keys.stream), .string(keys.group), .string("(\(after)"), "+", .string(String(count))]
            )
        )
        let items = answer.array ?? []
        let names = Set((0..<partitions).map { PartitionName.of($0) })
        let pending = items.compactMap { item -> (id: StreamID, consumer: String)? in
            guard let parts = item.array, parts.count >= 2, let id = StreamID(parts[0]), let consumer = parts[1].text
            else { return nil }
            return (id, consumer)
        }
        let ids = pending.filter { !names.contains($0.consumer) }.map(\.id)
        return (ids, items.count < count ? nil : pending.last?.id)
    }

    /// Takes back what a fetch wrote ahead about suspects: the process is still there. Not repeated when it fails: a count that is one too high
    /// is better than one that is too low for ever.
    package func clearCrashCounts(_ survivors: [StreamID]) async throws {
        let commands = survivors.map {
            RedisCommand("HINCRBY", [.string(keys.suspects), .string($0.description), "-1"])
        }
        if commands.isEmpty { return }
        let counts = try await client.pipeline(commands)
        // An entry that was acknowledged meanwhile has no count any more, and gets none.
        var gone: [RedisArgument] = []
        for (id, count) in zip(survivors, counts) where (try count.get().integer ?? 0) < 0 {
            gone.append(.string(id.description))
        }
        if !gone.isEmpty { _ = try await client.send(RedisCommand("HDEL", [.string(keys.suspects)] + gone)) }
    }

    /// How the stream stands. The oldest dead letter is read by a plain command: no script sees what a letter holds.
    package func inspect() async throws -> StreamSurvey {
        try await measure(InspectScript.source.name) {
            try await StreamSurvey.of(keys, client: client, scripts: scripts)
        }
    }

    /// Removes entries before an ID; roughly, since whole nodes of the stream go.
    /// - Returns: how many.
    package func trim(before id: StreamID, limit: Int) async throws -> Int {
        let command = RedisCommand(
            "XTRIM",
            [.string(keys.stream), "MINID", "~", .string(id.description), "LIMIT", .string(String(limit))]
        )
        let answer = try await measure("xtrim") { try await client.send(command) }
        return Int(answer.integer ?? 0)
    }
}
