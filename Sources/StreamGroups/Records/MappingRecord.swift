package import RedisStreams

/// What became of the events of one mapping, as the group remembers it through restarts: what a changed mapping is compared with.
package struct MappingRecord: Sendable, Equatable {
    package let name: String
    /// Tells the mapping from others of that name.
    package let digest: String
    package let events: Int
    package let failed: Int

    package init(name: String, digest: String, events: Int, failed: Int) {
        self.name = name
        self.digest = digest
        self.events = events
        self.failed = failed
    }

    /// Reads what ``value`` wrote; nil for anything else.
    package init?(name: String, value: String) {
        let parts = value.split(separator: " ")
        guard parts.count == 3, let events = Int(parts[1]), let failed = Int(parts[2]), events >= 0, failed >= 0 else {
            return nil
        }
        self.init(name: name, digest: String(parts[0]), events: events, failed: failed)
    }

    /// As Redis keeps it.
    package var value: String { "\(digest) \(events) \(failed)" }
}

/// The records of a group's mappings, in Redis. Facts that the brake compares with; order and delivery do not depend on them.
package struct MappingLedger: Sendable {
    /// The most records that are kept, a destination has 50 mappings: with more, old names go.
    package static let recordsMax = 200

    package let keys: GroupKeys
    package let client: RedisClient

    package init(keys: GroupKeys, client: RedisClient) {
        self.keys = keys
        self.client = client
    }

    /// Empty for a group that never had mappings.
    package func read() async throws(RedisError) -> [MappingRecord] {
        let answer = try await client.send(RedisCommand("HGETALL", [.string(keys.mappings)])).array ?? []
        var records: [MappingRecord] = []
        for index in stride(from: 0, to: answer.count - 1, by: 2) {
            guard let name = answer[index].text, let value = answer[index + 1].text else { continue }
            if let record = MappingRecord(name: name, value: value) { records.append(record) }
        }
        return records
    }

    /// - Parameter dropsOthers: whether the records of other names go.
    package func write(_ records: [MappingRecord], dropsOthers: Bool = false) async throws(RedisError) {
        if records.isEmpty { return }
        if dropsOthers { _ = try await client.send(RedisCommand("DEL", [.string(keys.mappings)])) }
        let fields = records.flatMap { [RedisArgument.string($0.name), .string($0.value)] }
        _ = try await client.send(RedisCommand("HSET", [.string(keys.mappings)] + fields))
    }
}
