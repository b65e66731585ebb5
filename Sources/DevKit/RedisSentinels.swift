import Foundation

/// A Redis with a standby and three sentinels of our own, on free ports of the loopback interface.
package final class RedisSentinels: Sendable {
    /// The one that takes writes at the start.
    package let primary: RedisServer
    package let standby: RedisServer
    package let ports: [Int]
    package static let service = "events"
    /// How long a server is silent before it counts as down, in milliseconds: longer than a busy machine holds one up. A standby whose link was
    /// down for ten times as long is never promoted.
    private static let downAfter = 2000

    private init(primary: RedisServer, standby: RedisServer, ports: [Int]) {
        self.primary = primary
        self.standby = standby
        self.ports = ports
    }

    package var url: String {
        "redis+sentinel://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/" + Self.service
    }

    /// Runs all of them as long as `body` runs, from the moment at which the sentinels know each other and the standby.
    package static func run<Result: Sendable>(
        body: @Sendable @escaping (RedisSentinels) async throws -> Result
    ) async throws -> Result {
        let sync = ["--repl-diskless-sync-delay", "0"] + RedisServer.users
        return try await RedisServer.run(arguments: sync) { primary in
            try await RedisServer.run(
                arguments: sync + ["--replicaof", "127.0.0.1", String(primary.port)]
            ) { standby in
                try await RedisCLI.wait(port: standby.port, "info", "replication") { info in
                    info.contains { $0.hasPrefix("master_link_status:up") }
                }
                let ports = (0..<3).map { _ in FreePort.take() }
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    for port in ports {
                        group.addTask { try await sentinel(port, watching: primary.port, in: primary.directory) }
                    }
                    defer { group.cancelAll() }
                    for port in ports { try await know(port) }
                    return try await body(RedisSentinels(primary: primary, standby: standby, ports: ports))
                }
            }
        }
    }

    /// Runs one sentinel until it is cancelled.
    private static func sentinel(_ port: Int, watching primary: Int, in directory: String) async throws {
        let file = "\(directory)/sentinel-\(port).conf"
        let lines = [
            "port \(port)", "bind 127.0.0.1", "dir \(directory)", "sentinel resolve-hostnames no",
            "sentinel monitor \(service) 127.0.0.1 \(primary) 2",
            "sentinel down-after-milliseconds \(service) \(downAfter)",
            "sentinel failover-timeout \(service) 3000", "sentinel auth-user \(service) \(RedisServer.watcher)",
            "sentinel auth-pass \(service) \(RedisServer.usersPassword)",
        ]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        try await ChildProcess.run("redis-server", arguments: [file, "--sentinel"]) { child in
            let ended = OneTime<Void>()
            await withTaskCancellationHandler {
                await ended.value
            } onCancel: {
                ended.set(())
            }
            _ = child
        }
    }

    /// Waits until a sentinel knows the other two and the standby.
    private static func know(_ port: Int) async throws {
        try await RedisCLI.wait(port: port, "sentinel", "master", service) { lines in
            func value(_ name: String) -> String? {
                lines.firstIndex(of: name).flatMap { $0 + 1 < lines.count ? lines[$0 + 1] : nil }
            }
            return value("num-other-sentinels") == "2" && value("num-slaves") == "1"
        }
    }

    /// Makes the standby take over while the primary lives on.
    package func failOver() async throws {
        try await RedisCLI.wait(port: ports[0], "sentinel", "failover", Self.service) { $0.contains("OK") }
        try await standbyTookOver()
    }

    /// Waits until all sentinels say that the standby takes writes, and it does.
    package func standbyTookOver() async throws { try await tookOver(standby) }

    /// Waits until all sentinels say that a server takes writes, and it does.
    package func tookOver(_ server: RedisServer) async throws {
        let port = String(server.port)
        for sentinel in ports {
            try await RedisCLI.wait(port: sentinel, "sentinel", "get-master-addr-by-name", Self.service) {
                $0.contains(port)
            }
        }
        try await RedisCLI.wait(port: server.port, "role") { $0.first == "master" }
    }
}
