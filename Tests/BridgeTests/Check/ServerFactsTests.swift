import RedisStreams
import Testing

@testable import Bridge
@testable import Operations

@Suite("What a server says of itself")
struct ServerFactsTests {
    private func verdicts(_ info: String...) -> [String] {
        ServerFacts(ServerInfo((["# Server"] + info).joined(separator: "\r\n"))).results.map {
            "\($0.verdict) \($0.text)"
        }
    }

    @Test("A server as it should be")
    func good() {
        let found = verdicts(
            "redis_version:7.0.15",
            "role:master",
            "maxmemory:0",
            "maxmemory_policy:noeviction",
            "aof_enabled:1",
            "aof_last_write_status:ok"
        )
        #expect(found.count == 3 && found.allSatisfy { $0.hasPrefix("ok ") })
        #expect(found[0] == "ok Redis 7.0.15")
    }

    @Test(
        "Versions",
        arguments: [("6.0.16", "fault"), ("6.2.0", "ok"), ("10.1.0", "ok"), ("5", "warning"), ("", "warning")]
    )
    func versions(version: String, verdict: String) {
        #expect(verdicts("redis_version:\(version)").first?.hasPrefix(verdict) == true)
    }

    @Test("A server by another name is named")
    func valkey() {
        #expect(
            verdicts("redis_version:7.2.4", "server_name:valkey", "valkey_version:9.1.2").first
                == "ok Valkey 9.1.2 (speaks as Redis 7.2.4)"
        )
    }

    @Test("Eviction: a fault where it may take the stream, a warning where it would, and good otherwise")
    func eviction() {
        for (policy, most, verdict) in [
            ("allkeys-lru", "100", "fault"), ("allkeys-random", "0", "warning"), ("volatile-lru", "100", "warning"),
            ("noeviction", "100", "ok"),
        ] {
            let found = verdicts("redis_version:7.0.0", "maxmemory:\(most)", "maxmemory_policy:\(policy)")
            #expect(found.count == 2 && found[1].hasPrefix(verdict), "\(policy) \(most)")
        }
    }

    @Test("A replica, memory that is nearly full, no append-only file, and one that cannot be written")
    func troubles() {
        #expect(
            verdicts("redis_version:7.0.0", "role:slave").contains { $0.hasPrefix("fault this server is a replica") }
        )
        #expect(
            verdicts("redis_version:7.0.0", "maxmemory:1000", "used_memory:901")
                .contains("warning memory is 90 % full: soon producers cannot add events")
        )
        #expect(verdicts("redis_version:7.0.0", "maxmemory:1000", "used_memory:899").count == 1)
        #expect(verdicts("redis_version:7.0.0", "aof_enabled:0").contains { $0.hasPrefix("warning writes no append") })
        #expect(
            verdicts("redis_version:7.0.0", "aof_enabled:1", "aof_last_write_status:err")
                .contains { $0.hasPrefix("fault the last write") }
        )
    }
}
