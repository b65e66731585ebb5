package import Ingest
package import Logging
package import RedisStreams

/// Over how many streams events are spread, as Redis remembers it.
///
/// Another number would put a contact's next event into another stream while earlier ones wait in the old one: its order would be lost.
package struct ShardRecord: Sendable {
    let redis: RedisConfiguration
    let shards: IngestShards

    package init(redis: RedisConfiguration, shards: IngestShards) {
        self.redis = redis
        self.shards = shards
    }

    /// The number is another one, and the streams of the old one hold entries.
    package struct Conflict: Error, Equatable, CustomStringConvertible {
        let stream: String
        let recorded: Int
        let configured: Int
        let entries: Int

        package var description: String {
            """
            \(stream) is spread over \(recorded) streams, which hold \(entries) entries, and ingest.shards is \(configured). Another number would lose \
            the order of contacts. Set ingest.shards to \(recorded), or stop every intake, let the bridge finish these streams, and remove their \
            entries (bridge.trimFinishedAfter does).
            """
        }
    }

    /// Remembers the number, or compares it with what is remembered.
    /// - Throws: ``Conflict``, or `RedisError` when Redis does not answer.
    package func check(logger: Logger) async throws {
        let key = IntakeKeys(stream: shards.stream).shards
        let number = RedisArgument.integer(shards.count)
        let made = try await ask("SET", [.string(key), number, "NX"], of: key, logger)
        if made != .null { return }
        guard let recorded = try await ask("GET", [.string(key)], of: key, logger).integer.map({ Int($0) }),
            recorded != shards.count
        else { return }
        var entries = 0
        for stream in IngestShards(stream: shards.stream, count: recorded).streams {
            entries += Int(try await ask("XLEN", [.string(stream)], of: stream, logger).integer ?? 0)
        }
        guard entries == 0 else {
            throw Conflict(stream: shards.stream, recorded: recorded, configured: shards.count, entries: entries)
        }
        _ = try await ask("SET", [.string(key), number], of: key, logger)
    }

    /// Asks the server of a key's slot one thing, on a connection of its own.
    private func ask(
        _ command: String,
        _ arguments: [RedisArgument],
        of key: String,
        _ logger: Logger
    ) async throws -> RedisValue {
        var redis = redis
        redis.clientName = "loops-bridge-ingest"
        if redis.isCluster { redis.slotKey = key }
        let client = RedisClient(configuration: redis, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            return try await client.send(RedisCommand(command, arguments))
        }
    }
}
