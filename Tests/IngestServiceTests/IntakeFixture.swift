import DevKit
import Logging
import RedisStreams
import Synchronization

@testable import IngestService

/// No test needs what is logged.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A server of one's own and a client of it.
func withRedis<Result: Sendable>(
    arguments: [String] = [],
    body: @Sendable @escaping (RedisServer, RedisClient) async throws -> Result
) async throws -> Result {
    try await RedisServer.run(arguments: arguments) { server in
        try await withClient(server.url) { client in try await body(server, client) }
    }
}

/// A client that runs as long as `body`.
func withClient<Result: Sendable>(
    _ url: String,
    body: @Sendable @escaping (RedisClient) async throws -> Result
) async throws -> Result {
    var configuration = try RedisConfiguration(url: url)
    // A busy machine is no reason for a test to fail.
    configuration.commandTimeout = .seconds(60)
    configuration.connectTimeout = .seconds(60)
    configuration.backoffBase = .milliseconds(1)
    configuration.backoffCap = .milliseconds(50)
    let client = RedisClient(configuration: configuration, logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        defer { group.cancelAll() }
        return try await body(client)
    }
}

/// Events of these message IDs, each with its ID for a payload.
func events(_ ids: some Sequence<String>, source: String = "web") -> [AcceptScript.Event] {
    ids.map { .init(fingerprint: EventFingerprint(source: source, messageID: $0), payload: Array($0.utf8)) }
}

extension RedisClient {
    /// What the entries of a stream hold, in order.
    func payloads(_ stream: String) async throws -> [String] {
        try await range(stream, count: 1_000_000).compactMap { entry in
            entry.fields?.first.map { String(decoding: $0.value, as: UTF8.self) }
        }
    }

    func time() async throws -> RedisTime {
        let parts = try await send(RedisCommand("TIME")).array ?? []
        return RedisTime(milliseconds: Int((parts[0].integer ?? 0) * 1000 + (parts[1].integer ?? 0) / 1000))
    }

    /// Runs the script once.
    func accept(
        _ events: [AcceptScript.Event],
        _ stream: String = "segment:events",
        deadline: Int = 60_000,
        dayOffset: Int = 0,
        maxLength: Int = 0
    ) async throws -> AcceptScript.Answer {
        let now = try await time()
        let call = AcceptScript(
            keys: IntakeKeys(stream: stream),
            events: events,
            deadline: RedisTime(milliseconds: now.milliseconds + deadline),
            day: now.day + dayOffset,
            maxLength: maxLength
        )
        return try call.decode(try await send(call.command(sendsSource: true))).answer
    }
}
