import ArgumentParser
import DevKit
import RedisStreams

/// The Redis that a torture harms.
enum RedisKind: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// One with a standby, which the nemesis promotes itself.
    case pair
    /// One with a standby and three sentinels.
    case sentinels
    /// Three primaries, one of them with a standby.
    case cluster

    /// One of each kind in five seeds, the others with a pair: it is quicker, and more can be done to it.
    init(seed: UInt64) {
        self = [.pair, .pair, .sentinels, .pair, .cluster][Int(seed % 5)]
    }
}

/// The Redis of one torture.
enum TorturedRedis: Sendable {
    case pair(RedisPair)
    case selfHealing(any SelfHealingRedis)

    var url: String {
        switch self {
        case .pair(let pair): pair.url
        case .selfHealing(let redis): redis.url
        }
    }
}

/// Repeats what can be repeated until Redis takes it: it moves under everybody's feet here.
func persistently<Result>(_ body: () async throws -> Result) async throws -> Result {
    while true {
        do {
            return try await body()
        } catch let error as RedisError where error.isRetryable {
            try Task.checkCancellation()
        }
    }
}

/// A Redis of which two servers have the same data, and which promotes the second of them by itself.
protocol SelfHealingRedis: Sendable {
    var url: String { get }
    /// The two servers.
    var twins: [RedisServer] { get }
    /// The port of the one that takes writes.
    func primaryPort() async throws -> Int?
    /// Makes the other one take over while the primary lives on.
    func handOver(to server: RedisServer) async throws
    /// Waits until everybody says that a server takes writes, and it does.
    func tookOver(_ server: RedisServer) async throws
}

extension SelfHealingRedis {
    /// The server that takes writes, and the one that copies it.
    func roles() async throws -> (primary: RedisServer, standby: RedisServer) {
        while true {
            let port = try await primaryPort()
            if let index = twins.firstIndex(where: { $0.port == port }) { return (twins[index], twins[1 - index]) }
            try Task.checkCancellation()
        }
    }

    /// Waits until a server copies the other one and has what it has.
    func follows(_ server: RedisServer) async throws {
        try await RedisCLI.wait(port: server.port, "info", "replication") { info in
            info.contains { $0.hasPrefix("role:slave") } && info.contains { $0.hasPrefix("master_link_status:up") }
        }
    }
}

extension RedisSentinels: SelfHealingRedis {
    var twins: [RedisServer] { [primary, standby] }

    func primaryPort() async throws -> Int? {
        let address = ["sentinel", "get-master-addr-by-name", Self.service]
        return try await RedisCLI.run(port: ports[0], address).last.flatMap { Int($0) }
    }

    func handOver(to server: RedisServer) async throws {
        try await RedisCLI.wait(port: ports[0], "sentinel", "failover", Self.service) { $0.contains("OK") }
    }
}

extension RedisCluster: SelfHealingRedis {
    var twins: [RedisServer] { [original, standby] }

    func primaryPort() async throws -> Int? {
        for server in twins where server.processID != nil {
            let role = try await RedisCLI.run(port: server.port, "role").first
            if role == "master" { return server.port }
        }
        return nil
    }

    func handOver(to server: RedisServer) async throws {
        try await RedisCLI.wait(port: server.port, "cluster", "failover") { $0.contains("OK") }
    }
}
