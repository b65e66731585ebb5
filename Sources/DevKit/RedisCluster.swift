/// A Redis Cluster of our own: three servers that share all slots, and one that copies one of them, on free ports of the loopback interface.
package final class RedisCluster: Sendable {
    /// Those that got slots at the start, in the order of their slots.
    package let primaries: [RedisServer]
    /// Copies ``original``.
    package let standby: RedisServer
    /// The one that has a standby.
    package let original: RedisServer

    private init(primaries: [RedisServer], standby: RedisServer, copying index: Int) {
        self.primaries = primaries
        self.standby = standby
        self.original = primaries[index]
    }

    package var url: String {
        "redis+cluster://" + primaries.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
    }

    /// Runs a cluster as long as `body` runs, from the moment at which it serves all slots.
    /// - Parameter slot: the one whose server has a standby.
    package static func run<Result: Sendable>(
        copying slot: Int = 0,
        body: @Sendable @escaping (RedisCluster) async throws -> Result
    ) async throws -> Result {
        try await servers(4, []) { servers in
            let cluster = RedisCluster(
                primaries: Array(servers.prefix(3)),
                standby: servers[3],
                copying: ranges.firstIndex { $0.contains(slot) } ?? 0
            )
            try await cluster.form()
            return try await body(cluster)
        }
    }

    /// Runs a cluster of one server that has all slots, as managed services offer it, as long as `body` runs.
    package static func runOne<Result: Sendable>(
        body: @Sendable @escaping (RedisServer) async throws -> Result
    ) async throws -> Result {
        try await servers(1, []) { servers in
            try await RedisCLI.run(port: servers[0].port, "cluster", "addslotsrange", "0", "16383")
            try await RedisCLI.wait(port: servers[0].port, "cluster", "info") { info in
                info.contains { $0.hasPrefix("cluster_state:ok") }
            }
            return try await body(servers[0])
        }
    }

    private static func servers<Result: Sendable>(
        _ count: Int,
        _ started: [RedisServer],
        _ body: @Sendable @escaping ([RedisServer]) async throws -> Result
    ) async throws -> Result {
        if count == started.count { return try await body(started) }
        let arguments =
            [
                "--cluster-enabled", "yes", "--cluster-port", String(FreePort.take()), "--cluster-node-timeout", "2500",
                "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0",
            ] + RedisServer.users
        return try await RedisServer.run(arguments: arguments) { server in
            try await servers(count, started + [server], body)
        }
    }

    private static let ranges = [0...5460, 5461...10_922, 10_923...16_383]

    private func form() async throws {
        for (server, slots) in zip(primaries, Self.ranges) {
            let ends = [String(slots.lowerBound), String(slots.upperBound)]
            try await RedisCLI.run(port: server.port, ["cluster", "addslotsrange"] + ends)
        }
        let all = primaries + [standby]
        for server in all.dropFirst() {
            let bus = try await Self.busPort(server)
            try await RedisCLI.run(
                port: all[0].port,
                "cluster",
                "meet",
                "127.0.0.1",
                String(server.port),
                bus
            )
        }
        for server in all {
            try await RedisCLI.wait(port: server.port, "cluster", "info") { info in
                info.contains { $0.hasPrefix("cluster_state:ok") }
                    && info.contains { $0.hasPrefix("cluster_known_nodes:4") }
            }
        }
        let original = try await Self.id(of: original)
        try await RedisCLI.wait(port: standby.port, "cluster", "replicate", original) { $0.contains("OK") }
        try await RedisCLI.wait(port: standby.port, "info", "replication") { info in
            info.contains { $0.hasPrefix("master_link_status:up") }
        }
        // Those that vote have to know that there is a standby.
        for server in primaries {
            try await RedisCLI.wait(port: server.port, "cluster", "nodes") { nodes in
                nodes.contains { $0.contains("slave " + original) }
            }
        }
    }

    /// Waits until the standby serves the slots of ``original``, which has ended.
    package func standbyTookOver() async throws { try await tookOver(standby) }

    /// Waits until ``original`` or ``standby`` serves the slots of both, and the other servers know it.
    package func tookOver(_ server: RedisServer) async throws {
        try await RedisCLI.wait(port: server.port, "role") { $0.first == "master" }
        let id = try await Self.id(of: server)
        for witness in [server] + primaries where witness.port == server.port || witness.port != original.port {
            try await RedisCLI.wait(port: witness.port, "cluster", "nodes") { nodes in
                nodes.contains { $0.hasPrefix(id) && $0.contains("master") && $0.contains("connected") }
            }
            try await RedisCLI.wait(port: witness.port, "cluster", "info") { info in
                info.contains { $0.hasPrefix("cluster_state:ok") }
            }
        }
    }

    /// Begins to move a slot: keys that are not there any more are asked for at the target.
    package func beginMove(of slot: Int, from source: RedisServer, to target: RedisServer) async throws {
        let ids = (source: try await Self.id(of: source), target: try await Self.id(of: target))
        try await RedisCLI.run(port: target.port, "cluster", "setslot", String(slot), "importing", ids.source)
        try await RedisCLI.run(port: source.port, "cluster", "setslot", String(slot), "migrating", ids.target)
    }

    /// Moves all keys of a slot.
    package func moveKeys(of slot: Int, from source: RedisServer, to target: RedisServer) async throws {
        let keys = try await RedisCLI.run(port: source.port, "cluster", "getkeysinslot", String(slot), "1000")
        let names = keys.filter { !$0.isEmpty }
        guard !names.isEmpty else { return }
        try await RedisCLI.run(
            port: source.port,
            ["migrate", "127.0.0.1", String(target.port), "", "0", "5000", "keys"] + names
        )
    }

    /// The slot belongs to the target from now on.
    package func endMove(of slot: Int, to target: RedisServer) async throws {
        let id = try await Self.id(of: target)
        for server in [target] + primaries + [standby] where server.processID != nil {
            try await RedisCLI.run(port: server.port, "cluster", "setslot", String(slot), "node", id)
        }
    }

    private static func id(of server: RedisServer) async throws -> String {
        try await RedisCLI.run(port: server.port, "cluster", "myid").first ?? ""
    }

    private static func busPort(_ server: RedisServer) async throws -> String {
        try await RedisCLI.run(port: server.port, "config", "get", "cluster-port").last ?? ""
    }
}
