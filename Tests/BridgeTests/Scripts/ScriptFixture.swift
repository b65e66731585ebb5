import DevKit
import Logging
import RedisStreams

@testable import Bridge

/// A redis-server of one's own with one stream, and sessions that call the scripts on it.
struct ScriptFixture: Sendable {
    static let stream = "events"
    static let group = "g"

    let client: RedisClient

    /// Runs a server as long as `body` runs.
    static func run(_ body: @Sendable @escaping (ScriptFixture) async throws -> Void) async throws {
        try await RedisServer.run { server in
            var configuration = try RedisConfiguration(url: server.url)
            // A busy machine is no reason for a test to fail.
            configuration.commandTimeout = .seconds(60)
            configuration.connectTimeout = .seconds(60)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let client = RedisClient(configuration: configuration, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                defer { group.cancelAll() }
                try await body(ScriptFixture(client: client))
            }
        }
    }

    func session(partitions: Int = 4, stream: String = Self.stream) -> StreamSession {
        StreamSession(
            index: 0,
            keys: StreamKeys(stream: stream, group: Self.group),
            group: Self.group,
            partitions: partitions,
            client: client,
            limits: IntakeLimits()
        )
    }

    /// A session that has opened its group.
    func openSession(partitions: Int = 4) async throws -> StreamSession {
        let session = session(partitions: partitions)
        _ = try await session.open(start: "0", instance: "test")
        return session
    }

    @discardableResult
    func add(_ fields: [StreamField]) async throws -> StreamID { try await client.add(Self.stream, fields: fields) }

    /// Adds one event of a contact.
    @discardableResult
    func add(contact: String) async throws -> StreamID {
        try await add([StreamField("event", #"{"type":"track","userId":"\#(contact)"}"#)])
    }

    /// The IDs that are pending, oldest first, by consumer.
    func pending() async throws -> [String: [StreamID]] {
        let entries = try await client.pending(Self.stream, group: Self.group, count: 100_000)
        return Dictionary(grouping: entries, by: \.consumer).mapValues { $0.map(\.id) }
    }

    /// The fields of all dead letters.
    func letters(_ session: StreamSession) async throws -> [[StreamField]] {
        try await client.range(session.keys.deadLetters, count: 100_000).map { $0.fields ?? [] }
    }

    /// The partition that a contact key belongs to, by the definition: the first 32 bits of its SHA-1.
    static func partition(of key: String, partitions: Int) -> Int? {
        // A script's name in Redis is the SHA-1 of its text.
        UInt32(RedisScript(name: "key", source: key).sha1.prefix(8), radix: 16).map { Int($0) % partitions }
    }
}

extension StreamSession {
    func route(count: Int = 100, window: Int = 10_000, entryBytes: Int = 500 * 1024, paths: [String] = ["userId"])
        async throws -> RouteAnswer
    {
        try RouteAnswer(
            await call(
                StreamScripts.route,
                [partitions, count, window, entryBytes].map { .string(String($0)) } + paths.map { .string($0) }
            )
        )
    }

    /// Pulls partitions, each given as partition, ID to read after, and count.
    func pull(_ pulls: [(Int, StreamID, Int)]) async throws -> [[StreamEntry]] {
        let value = try await call(
            StreamScripts.pull,
            pulls.flatMap { partition, after, count -> [RedisArgument] in
                [.string(PartitionName.of(partition)), .string(after.description), .string(String(count))]
            }
        )
        return try (value.array ?? []).map { try StreamEntry.list(from: $0) }
    }

    func acknowledge(_ ids: [StreamID]) async throws -> RedisValue {
        try await call(StreamScripts.acknowledge, ids.map { .string($0.description) })
    }

    func deadLetter(_ id: StreamID, maxLength: Int = 1000, why: [(String, String)] = [("reason", "refused")])
        async throws -> RedisValue
    {
        try await call(
            StreamScripts.deadLetter,
            extraKeys: [keys.deadLetters],
            [.string(id.description), .string(String(maxLength))]
                + why.flatMap { [.string($0.0), .string($0.1)] }
        )
    }
}

/// The fault that a call ends with; nil when it does not.
func groupFault(_ body: () async throws -> Void) async throws -> GroupFault? {
    do {
        try await body()
        return nil
    } catch let fault as GroupFault {
        return fault
    }
}
