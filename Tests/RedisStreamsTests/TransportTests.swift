import DevKit
import RedisStreams
import Testing

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct TransportTests {
    @Test func aUnixSocket() async throws {
        try await TemporaryFolder.with { folder in
            let path = "\(folder)/redis.sock"
            try await RedisServer.run(arguments: ["--unixsocket", path]) { _ in
                try await withClient(try RedisConfiguration(url: "unix://\(path)?db=2")) { client, _ in
                    let info = try await client.send(RedisCommand("CLIENT", ["INFO"])).text ?? ""
                    // Valkey 9 has it in brackets.
                    #expect(info.contains("addr=\(path)") || info.contains("addr=[\(path)"))
                    #expect(info.contains(" db=2 "))
                }
            }
        }
    }

    @Test(.tags(.redisTLS)) func transportSecurity() async throws {
        try await TemporaryFolder.with { folder in
            try await Certificates.make(in: folder)
            let port = FreePort.take()
            let arguments = [
                "--tls-port", "\(port)", "--tls-cert-file", "\(folder)/server.pem", "--tls-key-file",
                "\(folder)/server.key",
                "--tls-ca-cert-file", "\(folder)/ca.pem",
            ]
            try await RedisServer.run(arguments: arguments) { server in
                let ours = "certificateFile=\(folder)/client.pem&keyFile=\(folder)/client.key"
                for host in ["127.0.0.1", "localhost"] {
                    let url = "rediss://\(host):\(port)?caFile=\(folder)/ca.pem&\(ours)"
                    try await withClient(try RedisConfiguration(url: url)) { client, _ in
                        let great = Bytes(repeating: 7, count: 1_000_000)
                        _ = try await client.send(RedisCommand("SET", ["k", .bytes(great)]))
                        #expect(try await client.send(RedisCommand("GET", ["k"])).bytes == great)
                    }
                }
                var system = try RedisConfiguration(url: "rediss://127.0.0.1:\(port)?\(ours)")
                system.tls?.systemFile = "\(folder)/ca.pem"
                try await withClient(system) { client, _ in _ = try await client.send(RedisCommand("PING")) }
                let refused = [
                    // An authority that is not the server's; no certificate of ours; no authority but the system's; a file that is not there.
                    (
                        "caFile=\(folder)/other.pem&\(ours)",
                        "is not trusted: the authority that signed it is unknown here. Set caFile"
                    ),
                    ("caFile=\(folder)/ca.pem", "lost"),
                    (ours, "is not trusted"),
                    ("caFile=\(folder)/nothing.pem", "the CA file \(folder)/nothing.pem cannot be used"),
                ]
                for (options, reason) in refused {
                    try await withClient(try RedisConfiguration(url: "rediss://127.0.0.1:\(port)?\(options)")) {
                        client,
                        log in
                        await log.disconnected(reason)
                        #expect(!client.isConnected)
                    }
                }
                // A server that does not speak TLS waits for the end of what it takes for a command.
                var plain = try RedisConfiguration(url: "rediss://127.0.0.1:\(server.port)?caFile=\(folder)/ca.pem")
                plain.connectTimeout = .milliseconds(100)
                try await withClient(plain) { client, log in
                    await log.disconnected("no answer to the TLS handshake")
                    #expect(!client.isConnected)
                }
            }
        }
    }

    @Test(
        "A certificate for another name than the host's: what it is for is told, and redis.serverName names it",
        .tags(.redisTLS)
    )
    func serverName() async throws {
        try await TemporaryFolder.with { folder in
            try await Certificates.make(in: folder)
            let port = FreePort.take()
            let arguments = [
                "--tls-port", "\(port)", "--tls-cert-file", "\(folder)/client.pem", "--tls-key-file",
                "\(folder)/client.key", "--tls-ca-cert-file", "\(folder)/ca.pem", "--tls-auth-clients", "no",
            ]
            try await RedisServer.run(arguments: arguments) { _ in
                let url = "rediss://127.0.0.1:\(port)?caFile=\(folder)/ca.pem"
                try await withClient(try RedisConfiguration(url: url)) { client, log in
                    await log.disconnected("is for client, not for 127.0.0.1. Set redis.serverName")
                    #expect(!client.isConnected)
                }
                try await withClient(try RedisConfiguration(url: "\(url)&serverName=client")) { client, _ in
                    _ = try await client.send(RedisCommand("PING"))
                }
            }
        }
    }
}
