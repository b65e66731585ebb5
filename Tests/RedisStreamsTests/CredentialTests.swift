import DevKit
import RedisStreams
import Testing

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct CredentialTests {
    @Test func aPasswordAlone() async throws {
        try await withRedis(arguments: ["--requirepass", "hunter2"], adjust: { $0.password = "hunter2" }) {
            _,
            client,
            _ in
            try await client.ping()
        }
    }

    @Test(arguments: [nil, "wrong-hunter2"])
    func aWrongPasswordIsToldButNotShown(password: String?) async throws {
        try await withRedis(arguments: ["--requirepass", "hunter2"], adjust: { $0.password = password }) {
            _,
            client,
            log in
            await log.disconnected(password == nil ? "NOAUTH" : "WRONGPASS")
            let error = await fault {
                _ = try await client.echo("x", timeout: .milliseconds(20))
            }
            #expect(error?.description.contains("hunter2") == false)
            #expect(!log.states.contains { "\($0)".contains("hunter2") })
            #expect(error?.mayHaveBeenApplied == false)
        }
    }

    /// A server without AUTH repeats its arguments.
    @Test func aServerThatRepeatsThePasswordDoesNotMakeUsShowIt() async throws {
        let script: ScriptedPeer.Script = { _, command in
            .reply("-ERR unknown command, with args beginning with: '\(command.last ?? "")'\r\n")
        }
        try await ScriptedPeer.run(script) { peer in
            var configuration = peer.configuration
            configuration.password = "hunter2"
            try await withClient(configuration) { _, log in
                await log.disconnected("AUTH")
                #expect(!log.states.contains { "\($0)".contains("hunter2") })
            }
        }
    }

    @Test func aPasswordThatRedisDoesNotHaveIsSaid() async throws {
        try await withRedis(adjust: { $0.password = "hunter2" }) { _, _, log in
            await log.disconnected("Redis has no password set for this user")
            #expect(!log.states.contains { "\($0)".contains("hunter2") })
        }
    }

    @Test func aUserWithRightsOfItsOwn() async throws {
        let user = ["--user", "app", "on", ">p w", "~mine:*", "+@all", "-info", "-client"]
        try await withRedis(arguments: user, adjust: { ($0.user, $0.password) = ("app", "p w") }) { _, client, _ in
            let name = try await client.send(RedisCommand("ACL", ["WHOAMI"])).text
            #expect(name == "app")
            let error = await fault { _ = try await client.length("other") }
            guard case .server(let answer) = error?.reason else {
                Issue.record("a refusal was expected")
                return
            }
            #expect(answer.code == "NOPERM")
        }
    }

    @Test func theDatabaseIsSelectedOnEveryConnection() async throws {
        try await withRedis(appendOnly: true, adjust: { $0.database = 3 }) { server, client, log in
            _ = try await client.send(RedisCommand("SET", ["k", "v"]))
            await server.stop()
            try await server.start()
            await log.connected(times: 2)
            #expect(try await client.send(RedisCommand("GET", ["k"])).text == "v")
            #expect(try await client.send(RedisCommand("CLIENT", ["INFO"])).text?.contains(" db=3 ") == true)
        }
    }

    @Test func aDatabaseThatIsNotThereIsAFault() async throws {
        try await withRedis(adjust: { $0.database = 99 }) { _, _, log in
            await log.disconnected("DB index is out of range")
        }
    }
}
