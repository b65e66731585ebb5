import Testing

@testable import RedisStreams

@Suite struct RedisURLTests {
    private func changed(_ address: RedisConfiguration.Address, _ change: (inout RedisConfiguration) -> Void = { _ in })
        -> RedisConfiguration
    {
        var configuration = RedisConfiguration(address: address)
        change(&configuration)
        return configuration
    }

    @Test func hostsAndPorts() throws {
        #expect(try RedisConfiguration(url: "redis://localhost") == changed(.host("localhost", port: 6379)))
        #expect(try RedisConfiguration(url: "REDIS://10.0.0.1:7000/") == changed(.host("10.0.0.1", port: 7000)))
        #expect(try RedisConfiguration(url: "redis://[::1]") == changed(.host("::1", port: 6379)))
        #expect(
            try RedisConfiguration(url: "redis://[fe80::1]:7000/2")
                == changed(.host("fe80::1", port: 7000)) { $0.database = 2 }
        )
    }

    @Test func credentials() throws {
        let host = RedisConfiguration.Address.host("h", port: 6379)
        #expect(try RedisConfiguration(url: "redis://u:p@h") == changed(host) { ($0.user, $0.password) = ("u", "p") })
        #expect(try RedisConfiguration(url: "redis://:p@h") == changed(host) { $0.password = "p" })
        #expect(try RedisConfiguration(url: "redis://:a:b@c@h") == changed(host) { $0.password = "a:b@c" })
        #expect(
            try RedisConfiguration(url: "redis://u%40x:%2F%3f%25%C3%BC@h")
                == changed(host) { ($0.user, $0.password) = ("u@x", "/?%ü") }
        )
        #expect(
            try RedisConfiguration(url: "redis://h?user=u&password=p%26&db=3")
                == changed(host) { ($0.user, $0.password, $0.database) = ("u", "p&", 3) }
        )
    }

    @Test func transportSecurity() throws {
        let all = RedisConfiguration.TLS(caFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem")
        #expect(try RedisConfiguration(url: "rediss://h").tls == RedisConfiguration.TLS())
        #expect(
            try RedisConfiguration(url: "rediss://h?caFile=/ca.pem&certificateFile=/c.pem&keyFile=%2Fk.pem").tls == all
        )
        #expect(try RedisConfiguration(url: "rediss://h?serverName=r.internal").tls?.serverName == "r.internal")
        for name in ["10.0.0.1", "::1", "a b", "a:1", "", String(repeating: "a", count: 254)] {
            #expect(throws: RedisURLError.self) { try RedisConfiguration(url: "rediss://h?serverName=\(name)") }
        }
        #expect("\(try RedisConfiguration(url: "rediss://[::1]:6380/1"))" == "rediss://[::1]:6380/1")
    }

    @Test func unixSockets() throws {
        #expect(
            try RedisConfiguration(url: "unix:///run/my%20redis.sock?db=4")
                == changed(.unix(path: "/run/my redis.sock")) { $0.database = 4 }
        )
    }

    /// Each holds the secret `hunter2` where people put one, well or badly written.
    @Test(arguments: [
        "hunter2", ":hunter2@host", "hunter2://h", "http://:hunter2@h", "redis://:hunter2@", "redis://:hunter2@h:port",
        "redis://:hunter2@h:0",
        "redis://:hunter2@h:65536", "redis://:hunter2@h/x", "redis://:hunter2@h/-1", "redis://:hunter2%@h",
        "redis://:hunter2%zz@h",
        "redis://:hunter2%+1@h", "redis://:hunter2%ff@h", "redis://:pa/hunter2@h", "redis://:pa?hunter2=x@h",
        "redis://:pa?hunter2@h",
        "redis://:hunter2@[::1", "redis://:hunter2@[::1]x", "redis://:hunter2@h?caFile=/x", "redis://:hunter2@h?db=x",
        "redis://:hunter2@h?db",
        "unix://:hunter2@/x", "redis+sentinel://:hunter2@h", "redis+cluster://:hunter2@h/7",
    ])
    func errorsNeverShowTheSecret(url: String) throws {
        let error = try #require(throws: RedisURLError.self) { try RedisConfiguration(url: url) }
        #expect(!error.description.contains("hunter2"))
        #expect(error.description.count > 10)
    }

    @Test func aDescriptionHasNoSecrets() throws {
        #expect(try RedisConfiguration(url: "redis://u:hunter2@h/3").description == "redis://h:6379/3")
        #expect(try RedisConfiguration(url: "rediss://:hunter2@h").description == "rediss://h:6379/0")
        #expect(try RedisConfiguration(url: "unix:///x?password=hunter2").description == "unix:///x?db=0")
    }

    @Test("Sentinels and clusters: a list of hosts, a name, and what goes with them only")
    func topologies() throws {
        let sentinel = try RedisConfiguration(url: "redis+sentinel://u:p@a,b:1,[::1]:2/main/3?sentinelPassword=s")
        #expect(
            sentinel.address
                == .sentinel(
                    [.init(host: "a", port: 26379), .init(host: "b", port: 1), .init(host: "::1", port: 2)],
                    service: "main"
                )
        )
        #expect(sentinel.user == "u" && sentinel.password == "p" && sentinel.database == 3 && sentinel.tls == nil)
        #expect(sentinel.sentinelPassword == "s" && sentinel.sentinelUser == nil && !sentinel.isCluster)
        #expect("\(sentinel)" == "redis+sentinel://a:26379,b:1,[::1]:2/main/3")
        let cluster = try RedisConfiguration(url: "rediss+cluster://:p@a,b:7000?caFile=/ca.pem")
        #expect(cluster.address == .cluster([.init(host: "a", port: 6379), .init(host: "b", port: 7000)]))
        #expect(cluster.isCluster && cluster.password == "p" && cluster.tls?.caFile == "/ca.pem")
        #expect("\(cluster)" == "rediss+cluster://a:6379,b:7000")
        for bad in [
            "redis+sentinel://a,b", "redis+sentinel://a,/main", "redis+sentinel://a/main/x", "redis+cluster://a/1",
            "redis+cluster://", "redis://a?sentinelUser=x", "redis+cluster://a:x",
        ] {
            #expect(throws: RedisURLError.self, "\(bad)") { try RedisConfiguration(url: bad) }
        }
    }
}
