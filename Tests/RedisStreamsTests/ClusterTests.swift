import DevKit
import Testing

@testable import RedisStreams

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("In a cluster, a client serves one slot", .tags(.servers, .redis7), .timeLimit(.minutes(3)))
struct ClusterTests {
    /// A key whose slot is one of the first server's.
    private static let key = "{events}:state"
    private static var slot: Int { HashSlot(key).number }

    private func configuration(_ cluster: RedisCluster) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: cluster.url)
        configuration.slotKey = Self.key
        configuration.commandTimeout = .seconds(30)
        configuration.backoffBase = .milliseconds(5)
        configuration.backoffCap = .milliseconds(100)
        return configuration
    }

    /// Sends a command until it is taken.
    private func insist(_ client: RedisClient, _ command: RedisCommand) async throws(RedisError) -> RedisValue {
        while true {
            do {
                return try await client.send(command)
            } catch  where error.isRetryable {
                continue
            }
        }
    }

    private static func owner(_ cluster: RedisCluster) -> RedisServer { cluster.primaries[min(slot / 5461, 2)] }
    private static func other(_ cluster: RedisCluster) -> RedisServer {
        cluster.primaries.first { $0.port != owner(cluster).port } ?? cluster.standby
    }

    @Test("A slot is found, followed while its keys move (ASK) and after it has moved (MOVED)")
    func moves() async throws {
        let script = RedisScript(
            name: "both",
            source: "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])"
        )
        try await RedisCluster.run { cluster in
            try await withClient(configuration(cluster)) { client, log in
                let (source, target) = (Self.owner(cluster), Self.other(cluster))
                #expect(try await client.run(script, keys: [Self.key], arguments: ["1"]).text == "1")
                _ = try await client.add("{events}", fields: [StreamField("a", "1")])

                try await cluster.beginMove(of: Self.slot, from: source, to: target)
                try await cluster.moveKeys(of: Self.slot, from: source, to: target)
                // The keys are there, the slot is still here: every call is asked for on the other side.
                #expect(try await client.run(script, keys: [Self.key], arguments: ["2"]).text == "2")
                #expect(try await client.read(stream: "{events}", after: .zero, count: 1).count == 1)
                let pair = try await client.pipeline([
                    RedisCommand("GET", [.string(Self.key)]), RedisCommand("XLEN", ["{events}"]),
                ])
                #expect(try pair.map { try $0.get().integer } == [2, 1])
                #expect(client.reconnectCount == 0)

                try await cluster.endMove(of: Self.slot, to: target)
                let error = await fault { _ = try await client.run(script, keys: [Self.key], arguments: ["3"]) }
                #expect(error?.isRetryable == true && error?.mayHaveBeenApplied == false)
                #expect(try await client.run(script, keys: [Self.key], arguments: ["3"]).text == "3")
                #expect(try await RedisCLI.run(port: target.port, "get", Self.key) == ["3"])
            }
        }
    }

    @Test("When the slot's server ends, its standby is found")
    func promoted() async throws {
        try await RedisCluster.run { cluster in
            // A key of the first server, the one with a standby.
            let key = try #require((0..<100).map { "{\($0)}" }.first { HashSlot($0).number <= 5460 })
            var configuration = try configuration(cluster)
            configuration.slotKey = key
            try await withClient(configuration) { client, log in
                _ = try await client.send(RedisCommand("SET", [.string(key), "1"]))
                try await RedisCLI.wait(port: cluster.standby.port, "dbsize") { $0.first == "1" }
                await cluster.primaries[0].stop(SIGKILL)
                try await cluster.standbyTookOver()
                let value = try await insist(client, RedisCommand("GET", [.string(key)])).text
                #expect(value == "1")
            }
        }
    }

    @Test(
        "Slots are those of the Redis Cluster specification",
        arguments: [
            ("123456789", 0x31C3), ("foo", 12182), ("{user1000}.following", 3443), ("{user1000}.followers", 3443),
            ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015), ("foo{bar}{zap}", 5061), ("", 0),
        ]
    )
    func slots(key: String, slot: Int) { #expect(HashSlot(key).number == slot % HashSlot.count) }
}
