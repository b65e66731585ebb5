import DevKit
import Foundation
import Logging
import RedisStreams
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Redis and its standby, behind a relay that replicas connect to. The standby copies over a relay of its own, so that writes can be lost.
final class RedisPair: Sendable {
    let relay: TCPRelay
    private let link: TCPRelay
    private let servers: [RedisServer]
    private let active = Mutex(0)

    private init(servers: [RedisServer], relay: TCPRelay, link: TCPRelay) {
        self.servers = servers
        self.relay = relay
        self.link = link
    }

    var url: String { "redis://127.0.0.1:\(relay.port)" }
    var primary: RedisServer { servers[active.withLock { $0 }] }
    private var standby: RedisServer { servers[1 - active.withLock { $0 }] }

    static func run<Result: Sendable>(
        _ body: @Sendable @escaping (RedisPair) async throws -> Result
    ) async throws -> Result {
        // What is acknowledged is on disk: a restart loses nothing, only a failover does.
        let arguments = ["--appendfsync", "always", "--repl-diskless-sync-delay", "0"]
        return try await RedisServer.run(appendOnly: true, arguments: arguments) { first in
            try await RedisServer.run(appendOnly: true, arguments: arguments) { second in
                let relay = try await TCPRelay.start(to: first.port)
                let link = try await TCPRelay.start(to: first.port)
                let pair = RedisPair(servers: [first, second], relay: relay, link: link)
                try await pair.follow()
                do {
                    let result = try await body(pair)
                    await relay.stop()
                    await link.stop()
                    return result
                } catch {
                    await relay.stop()
                    await link.stop()
                    throw error
                }
            }
        }
    }

    /// Stops copying: what is written from now on is lost by ``failOver()``.
    func stopCopying() { link.pause() }

    /// The primary ends without a word, and the standby takes over with what it has.
    func failOver() async throws {
        relay.pause()
        let old = primary
        await old.stop(SIGKILL)
        link.cut()
        try await Self.withClient(standby) { client in
            _ = try await client.send(RedisCommand("REPLICAOF", ["NO", "ONE"]))
        }
        active.withLock { $0 = 1 - $0 }
        relay.point(to: primary.port)
        relay.resume()
        relay.cut()
        link.point(to: primary.port)
        link.resume()
        try await old.start()
        try await follow()
    }

    /// Ends the primary with a signal and starts it again.
    func restart(_ signal: Int32) async throws {
        let server = primary
        await server.stop(signal)
        try await server.start()
    }

    /// Copies what the primary has on its disk. What is written meanwhile may be in it or not; a torn end is cut off when it is read.
    func copyFiles() throws -> String {
        let from = URL(fileURLWithPath: primary.directory)
        let copy = from.deletingLastPathComponent().appending(
            path: "\(from.lastPathComponent)-copy-\(UUID().uuidString)"
        )
        try FileManager.default.copyItem(at: from, to: copy)
        return copy.path
    }

    /// Kills the primary and starts it again with a copy of its files from before.
    func restart(from copy: String) async throws {
        let server = primary
        await server.stop(SIGKILL)
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: server.directory) {
            try files.removeItem(atPath: "\(server.directory)/\(name)")
        }
        for name in try files.contentsOfDirectory(atPath: copy) {
            try files.moveItem(atPath: "\(copy)/\(name)", toPath: "\(server.directory)/\(name)")
        }
        try files.removeItem(atPath: copy)
        try await server.start()
    }

    /// Makes the standby copy the primary, and waits until it does and has on disk what it copied: until then a crash, once it is the primary,
    /// would lose what it has acknowledged.
    private func follow() async throws {
        let port = link.port
        try await Self.withClient(standby) { client in
            _ = try await client.send(RedisCommand("REPLICAOF", ["127.0.0.1", .string(String(port))]))
            while true {
                let info = try await client.send(RedisCommand("INFO", ["everything"])).text ?? ""
                let signs = [
                    "master_link_status:up", "aof_enabled:1", "aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0",
                ]
                if signs.allSatisfy(info.contains) { return }
                try await Pace.wait(.milliseconds(20))
            }
        }
    }

    static func withClient<Result: Sendable>(
        _ server: RedisServer,
        _ body: @Sendable @escaping (RedisClient) async throws -> Result
    ) async throws -> Result {
        try await withClient(server.url, body)
    }

    static func withClient<Result: Sendable>(
        _ url: String,
        _ body: @Sendable @escaping (RedisClient) async throws -> Result
    ) async throws -> Result {
        var configuration = try RedisConfiguration(url: url)
        // Where another server takes over, there is no use in waiting for the one that is gone.
        configuration.commandTimeout = configuration.hasVoters ? .seconds(3) : .seconds(20)
        configuration.slotKey = Torture.stream
        configuration.backoffCap = .milliseconds(200)
        configuration.clientName = "torture"
        let client = RedisClient(
            configuration: configuration,
            logger: Logger(label: "torture") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            return try await body(client)
        }
    }
}
