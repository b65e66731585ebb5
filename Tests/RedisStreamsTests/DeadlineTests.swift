import DevKit
import RedisStreams
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct DeadlineTests {
    @Test func aLateReplyIsDiscarded() async throws {
        try await withRedis { server, client, log in
            try await withClient(try server.control()) { control, _ in
                await log.connected()
                let late = RedisCommand("BLPOP", ["gate", "0"])
                let error = await fault {
                    _ = try await client.send(late, timeout: .milliseconds(20))
                }
                #expect(error?.reason == .timedOut && error?.mayHaveBeenApplied == true && error?.isRetryable == true)
                async let echo = client.echo("behind")
                _ = try await control.send(RedisCommand("RPUSH", ["gate", "open"]))
                #expect(try await echo == "behind")
                #expect(client.reconnectCount == 0)
            }
        }
    }

    @Test func aServerThatIsHeldUpAnswersLate() async throws {
        try await withRedis { server, client, log in
            await log.connected()
            server.send(SIGSTOP)
            let error = await fault {
                _ = try await client.echo("a", timeout: .milliseconds(20))
            }
            #expect(error?.reason == .timedOut)
            server.send(SIGCONT)
            let reply = try await client.echo("b")
            #expect(reply == "b")
        }
    }

    /// Nothing but HOLD is unanswered, and only on the first connection.
    private static let holding: ScriptedPeer.Script = { connection, command in
        command == ["HOLD"] && connection == 1 ? .silence : .reply("+\(connection)\r\n")
    }

    @Test func anOverdueReplyReplacesTheConnection() async throws {
        try await ScriptedPeer.run(Self.holding) { peer in
            var configuration = peer.configuration
            configuration.overdueGrace = .milliseconds(10)
            try await withClient(configuration) { client, log in
                await log.connected()
                let hold = await fault {
                    _ = try await client.send(RedisCommand("HOLD"), timeout: .milliseconds(10))
                }
                #expect(hold?.reason == .timedOut)
                await log.disconnected("a reply to HOLD is overdue")
                await log.connected(times: 2)
                let reply = try await client.send(RedisCommand("WHICH")).text
                #expect(reply == "2")
                #expect(client.reconnectCount == 1)
            }
        }
    }

    /// A cancelled command still tells a dead peer: its deadline goes on.
    @Test func aCancelledCommandsOverdueReplyReplacesTheConnectionToo() async throws {
        let isHeld = OneTime<Void>()
        let script: ScriptedPeer.Script = { connection, command in
            if command == ["HOLD"] { isHeld.set(()) }
            return Self.holding(connection, command)
        }
        try await ScriptedPeer.run(script) { peer in
            var configuration = peer.configuration
            configuration.overdueGrace = .milliseconds(10)
            try await withClient(configuration) { client, log in
                await log.connected()
                let held = Task {
                    await fault {
                        _ = try await client.send(RedisCommand("HOLD"), timeout: .milliseconds(500))
                    }
                }
                await isHeld.value
                held.cancel()
                _ = await held.value
                await log.connected(times: 2)
            }
        }
    }

    @Test func aSilentPeerIsNoticed() async throws {
        try await ScriptedPeer.run { connection, _ in
            connection == 1 ? .silence : .reply("+PONG\r\n")
        } body: { peer in
            var configuration = peer.configuration
            configuration.keepAliveInterval = .milliseconds(10)
            configuration.commandTimeout = .milliseconds(200)
            configuration.overdueGrace = .milliseconds(10)
            try await withClient(configuration) { client, log in
                await log.disconnected("a reply to PING is overdue")
                await log.connected(times: 2)
                _ = try await client.send(RedisCommand("PING"), timeout: .seconds(60))
            }
        }
    }
}
