import DevKit
import Logging
import RedisStreams

/// No test needs what a client logs.
let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// A client that runs as long as `body`.
func withClient<Result: Sendable>(
    _ configuration: RedisConfiguration,
    body: @Sendable @escaping (RedisClient, StateLog) async throws -> Result
) async throws -> Result {
    let log = StateLog()
    let client = RedisClient(configuration: configuration, logger: quiet, onState: { log.add($0) })
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        defer { group.cancelAll() }
        return try await body(client, log)
    }
}

/// A server of one's own and a client of it.
func withRedis<Result: Sendable>(
    appendOnly: Bool = false,
    arguments: [String] = [],
    adjust: @Sendable @escaping (inout RedisConfiguration) -> Void = { _ in },
    body: @Sendable @escaping (RedisServer, RedisClient, StateLog) async throws -> Result
) async throws -> Result {
    try await RedisServer.run(appendOnly: appendOnly, arguments: arguments) { server in
        var configuration = try RedisConfiguration(url: server.url)
        // A busy machine is no reason for a test to fail.
        configuration.commandTimeout = .seconds(60)
        configuration.connectTimeout = .seconds(60)
        configuration.overdueGrace = .seconds(60)
        configuration.backoffBase = .milliseconds(1)
        configuration.backoffCap = .milliseconds(50)
        adjust(&configuration)
        return try await withClient(configuration) { client, log in try await body(server, client, log) }
    }
}

extension RedisClient {
    /// The `CLIENT LIST` line of another client, by its name.
    private func line(ofClient name: String) async throws -> String {
        let list = try await send(RedisCommand("CLIENT", ["LIST"])).text ?? ""
        return list.split(separator: "\n").first { $0.contains("name=\(name) ") }.map(String.init) ?? ""
    }

    /// Waits until the server has another client blocked.
    func seesBlocked(_ name: String) async throws {
        while try await !line(ofClient: name).contains("flags=b") { await Task.yield() }
    }

    /// Waits until more than this many unread bytes of another client have reached the server.
    /// - Returns: how many.
    func seesUnread(_ name: String, moreThan least: Int) async throws -> Int {
        while true {
            let parts = try await line(ofClient: name).split(separator: " ")
            let unread = parts.first { $0.hasPrefix("qbuf=") }.flatMap { Int($0.dropFirst(5)) } ?? 0
            if unread > least { return unread }
            await Task.yield()
        }
    }

    func echo(_ text: String, timeout: Duration? = nil) async throws(RedisError) -> String? {
        try await send(RedisCommand("ECHO", [.string(text)]), timeout: timeout).text
    }
}

/// The error that a command ends with; nil when it does not.
func fault(_ body: () async throws -> Void) async -> RedisError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? RedisError
    }
}

extension RedisServer {
    /// The configuration of a second client, which sees what the first one does.
    func control() throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url)
        configuration.clientName = "control"
        configuration.commandTimeout = .seconds(60)
        return configuration
    }
}
