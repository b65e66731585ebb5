import RedisStreams
import Segment

/// What entries hold, read by plain commands: no script ever sees it.
extension StreamState {
    /// Reads behind the group's position, as far as this replica knows it, and finds the partitions of what is there.
    func peek(count: Int, decoder: EntryDecoder) async throws -> Peek {
        // From before the read: should the incarnation change in between, the route is refused.
        let incarnation = incarnation
        let from = routed
        let command = RedisCommand(
            "XRANGE",
            [.string(keys.stream), .string("(\(from)"), "+", "COUNT", .string(String(count))]
        )
        let answer = try await times.measure("xrange") { try await read([command], in: incarnation) }[0]
        let entries = try StreamEntry.list(from: answer, of: "XRANGE").map { entry in
            let content = decoder.decode(entry)
            return PeekedEntry(
                entry: entry,
                content: content,
                partition: PartitionRule.partition(of: content.contactKey, id: entry.id, partitions: partitions)
            )
        }
        return Peek(from: from, entries: entries, incarnation: incarnation)
    }

    /// A peek at one entry that is too large to be read: its own ID stands for its contact.
    func peek(unreadable id: StreamID) -> Peek {
        let partition = PartitionRule.partition(of: nil, id: id, partitions: partitions)
        let content = EntryDecoder().decode(StreamEntry(id: id, fields: []))
        let entry = PeekedEntry(entry: StreamEntry(id: id, fields: nil), content: content, partition: partition)
        return Peek(from: routed, entries: [entry], incarnation: incarnation)
    }

    /// Reads what waits in partitions, as far as the grants go.
    /// - Returns: the entries of each pull, none where nothing was granted.
    func contents(_ grants: [PullGrant?], of pulls: [FetchPlanner.Fetch]) async throws -> [[StreamEntry]] {
        var commands: [RedisCommand] = []
        for (pull, grant) in zip(pulls, grants) {
            guard let grant, grant.count > 0 else { continue }
            commands.append(
                RedisCommand(
                    "XREADGROUP",
                    [
                        "GROUP", .string(group), .string(PartitionName.of(pull.partition)), "COUNT",
                        .string(String(grant.count)), "STREAMS", .string(keys.stream), .string(pull.after.description),
                    ]
                )
            )
        }
        if commands.isEmpty { return grants.map { _ in [] } }
        let incarnation = incarnation
        var answers = try await times.measure("xreadgroup") { try await read(commands, in: incarnation) }[...]
        return try grants.map { grant in
            guard let grant, grant.count > 0, let last = grant.last, let answer = answers.popFirst() else { return [] }
            return try StreamEntry.ofOneStream(answer).filter { $0.id <= last }
        }
    }

    /// Reads by plain commands, on the server of this incarnation. What another server holds, a primary that was replaced and came back for a
    /// moment, must not be taken for what this one holds: entries that it lacks would be stepped over. So the server says who it is in the
    /// same exchange, which has one connection.
    /// - Throws: ``GroupError/incarnationChanged(stream:)`` when another server answered; nothing of its answer counts.
    private func read(_ commands: [RedisCommand], in incarnation: String) async throws -> [RedisValue] {
        let replies = try await client.pipeline([RedisCommand("INFO", ["replication"])] + commands)
        var values: [RedisValue] = []
        for (reply, command) in zip(replies, [RedisCommand("INFO")] + commands) {
            switch reply {
            case .success(let value): values.append(value)
            case .failure(let fault):
                let error = RedisError(.server(fault), command: command.name, mayHaveBeenApplied: false)
                throw GroupError(error, keys: keys, partitions: partitions) ?? error as any Error
            }
        }
        guard let id = ServerInfo.replicationID(in: values.removeFirst()), incarnation.hasSuffix(" " + id) else {
            throw GroupError.incarnationChanged(stream: keys.stream)
        }
        return values
    }

    /// The fields of one entry; nil when it is gone from the stream.
    func fields(of id: StreamID) async throws -> [StreamField]? {
        try await entries([id], in: incarnation).first.flatMap { $0?.fields }
    }

    /// Pending entries of consumers that are no partitions, in the order of their IDs, from `after` on.
    /// - Returns: those among the next `count` pending ones, and the ID to go on behind; nil when there is nothing behind.
    func foreign(after: StreamID, count: Int) async throws -> (ids: [StreamID], next: StreamID?) {
        let answer = try await client.send(
            RedisCommand(
                "XPENDING",
                [.string(keys.stream), .string(group), .string("(\(after)"), "+", .string(String(count))]
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

    /// What entries hold, by their IDs; nil for one that is gone.
    func entries(_ ids: [StreamID], in incarnation: String) async throws -> [StreamEntry?] {
        if ids.isEmpty { return [] }
        let commands = ids.map {
            RedisCommand("XRANGE", [.string(keys.stream), .string($0.description), .string($0.description)])
        }
        return try await read(commands, in: incarnation).map { try StreamEntry.list(from: $0, of: "XRANGE").first }
    }
}

extension EntryDecoder {
    /// Reads the events out of an entry of a stream.
    func decode(_ entry: StreamEntry) -> DecodedEntry {
        decode((entry.fields ?? []).map { (name: $0.name, value: $0.value) })
    }
}
