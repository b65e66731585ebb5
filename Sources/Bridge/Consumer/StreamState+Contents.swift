import RedisStreams
import Segment
import StreamGroups

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
        let answer = try await group.measure("xrange") { try await group.read([command], in: incarnation) }[0]
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
                        "GROUP", .string(keys.group), .string(PartitionName.of(pull.partition)), "COUNT",
                        .string(String(grant.count)), "STREAMS", .string(keys.stream), .string(pull.after.description),
                    ]
                )
            )
        }
        if commands.isEmpty { return grants.map { _ in [] } }
        let incarnation = incarnation
        var answers = try await group.measure("xreadgroup") { try await group.read(commands, in: incarnation) }[...]
        return try grants.map { grant in
            guard let grant, grant.count > 0, let last = grant.last, let answer = answers.popFirst() else { return [] }
            return try StreamEntry.ofOneStream(answer).filter { $0.id <= last }
        }
    }

    /// The fields of one entry; nil when it is gone from the stream.
    func fields(of id: StreamID) async throws -> [StreamField]? {
        try await group.entries([id], in: incarnation).first.flatMap { $0?.fields }
    }
}

extension EntryDecoder {
    /// Reads the events out of an entry of a stream.
    func decode(_ entry: StreamEntry) -> DecodedEntry {
        decode((entry.fields ?? []).map { (name: $0.name, value: $0.value) })
    }
}
