/// A Redis Cluster of our own: three servers that share all slots, and one that copies the first, on free ports of the loopback interface.
public final class RedisCluster: Sendable {
    /// Those that got slots at the start, in the order of their slots.
    public let primaries: [RedisServer]
    /// Copies the first one.
    public let standby: RedisServer

    private init(primaries: [RedisServer], standby: RedisServer) {
        self.primaries = primaries
        self.standby = standby
    }

    public var url: String {
        "redis+cluster://" + primaries.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
    }

    /// Runs a cluster as long as `body` runs, from the moment at which it serves all slots.
    public static func run<Result: Sendable>(
        body: @Sendable @escaping (RedisCluster) async throws -> Result
    ) async throws -> Result {
        try await servers(4, []) { servers in
            let cluster = RedisCluster(primaries: Array(servers.prefix(3)), standby: servers[3])
            try await cluster.form()
            return try await body(cluster)
        }
    }

    /// Runs a cluster of one server that has all slots, as managed services offer it, as long as `body` runs.
    public static func runOne<Result: Sendable>(
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
        let arguments = [
            "--cluster-enabled", "yes", "--cluster-port", String(FreePort.take()), "--cluster-node-timeout", "1000",
            "--cluster-replica-validity-factor", "0",
        ]
        return try await RedisServer.run(arguments: arguments) { server in
            try await servers(count, started + [server], body)
        }
    }

    private func form() async throws {
        let ranges = [(0, 5460), (5461, 10922), (10923, 16383)]
        for (server, (first, last)) in zip(primaries, ranges) {
            try await RedisCLI.run(port: server.port, "cluster", "addslotsrange", String(first), String(last))
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
        let first = try await Self.id(of: primaries[0])
        try await RedisCLI.wait(port: standby.port, "cluster", "replicate", first) { $0.contains("OK") }
        try await RedisCLI.wait(port: standby.port, "info", "replication") { info in
            info.contains { $0.hasPrefix("master_link_status:up") }
        }
        // Those that vote have to know that there is a standby.
        for server in primaries {
            try await RedisCLI.wait(port: server.port, "cluster", "nodes") { nodes in
                nodes.contains { $0.contains("slave " + first) }
            }
        }
    }

    /// Waits until the standby serves the slots of the first server, which has ended.
    public func standbyTookOver() async throws {
        try await RedisCLI.wait(port: standby.port, "role") { $0.first == "master" }
        for server in [standby] + primaries.dropFirst() {
            try await RedisCLI.wait(port: server.port, "cluster", "info") { info in
                info.contains { $0.hasPrefix("cluster_state:ok") }
            }
        }
    }

    /// Begins to move a slot: keys that are not there any more are asked for at the target.
    public func beginMove(of slot: Int, from source: RedisServer, to target: RedisServer) async throws {
        let ids = (source: try await Self.id(of: source), target: try await Self.id(of: target))
        try await RedisCLI.run(port: target.port, "cluster", "setslot", String(slot), "importing", ids.source)
        try await RedisCLI.run(port: source.port, "cluster", "setslot", String(slot), "migrating", ids.target)
    }

    /// Moves all keys of a slot.
    public func moveKeys(of slot: Int, from source: RedisServer, to target: RedisServer) async throws {
        let keys = try await RedisCLI.run(port: source.port, "cluster", "getkeysinslot", String(slot), "1000")
        let names = keys.filter { !$0.isEmpty }
        guard !names.isEmpty else { return }
        try await RedisCLI.run(
            port: source.port,
            ["migrate", "127.0.0.1", String(target.port), "", "0", "5000", "keys"] + names
        )
    }

    /// The slot belongs to the target from now on.
    public func endMove(of slot: Int, to target: RedisServer) async throws {
        let id = try await Self.id(of: target)
        for server in [target] + primaries where server.processID != nil {
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
