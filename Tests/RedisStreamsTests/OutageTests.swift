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

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct OutageTests {
    @Test func theServerEndsInTheMiddle() async throws {
        try await withRedis(appendOnly: true) { server, client, log in
            await log.connected()
            _ = try await client.send(RedisCommand("SET", ["kept", "yes"]))
            try await withClient(try server.control()) { control, _ in
                async let blocked = fault {
                    _ = try await client.send(RedisCommand("BLPOP", ["gate", "0"]))
                }
                try await control.seesBlocked("loops-bridge")
                async let behind = fault {
                    _ = try await client.send(RedisCommand("INCR", ["n"]))
                }
                _ = try await control.seesUnread("loops-bridge", moreThan: 0)
                await server.stop(SIGKILL)
                for error in [await blocked, await behind] {
                    guard case .connectionLost = error?.reason else {
                        Issue.record("\(error?.description ?? "no error")")
                        continue
                    }
                    #expect(error?.mayHaveBeenApplied == true && error?.isRetryable == true)
                }
            }
            #expect(!client.isConnected)
            // What was not written was not applied, and what has time waits for the server.
            let early = await fault {
                _ = try await client.echo("x", timeout: .milliseconds(20))
            }
            guard case .notConnected(let reason) = early?.reason else {
                Issue.record("\(early?.description ?? "no error")")
                return
            }
            #expect(early?.mayHaveBeenApplied == false && early?.isRetryable == true && !reason.isEmpty)
            let waiting = Task { try await client.echo("patient") }
            try await server.start()
            #expect(try await waiting.value == "patient")
            #expect(client.isConnected && client.reconnectCount == 1)
            #expect(try await client.send(RedisCommand("GET", ["kept"])).text == "yes")
        }
    }

    @Test func anotherServerIsTold() async throws {
        try await withRedis { server, client, log in
            await log.connected()
            await server.stop()
            try await server.start()
            await log.connected(times: 2)
            let identities = log.states.compactMap { if case .connected(let identity) = $0 { identity } else { nil } }
            #expect(identities.count == 2 && identities[0].runID != identities[1].runID)
            #expect(identities.allSatisfy { $0.runID.count == 40 && !$0.product.isEmpty })
        }
    }

    @Test func commandsSentBeforeTheServerIsThereWait() async throws {
        let port = FreePort.take()
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: port))
        configuration.commandTimeout = .milliseconds(30)
        try await withClient(configuration) { client, log in
            let error = await fault { try await client.ping() }
            guard case .notConnected = error?.reason else {
                Issue.record("\(error?.description ?? "no error")")
                return
            }
            await log.disconnected("refused")
        }
    }

    @Test func rubbishReplacesTheConnection() async throws {
        try await ScriptedPeer.run { connection, _ in
            connection == 1 ? .reply("HTTP/1.1 400 Bad Request\r\n") : .reply("+2\r\n")
        } body: { peer in
            try await withClient(peer.configuration) { client, log in
                await log.connected()
                let error = await fault { try await client.ping() }
                guard case .protocolFault = error?.reason else {
                    Issue.record("\(error?.description ?? "no error")")
                    return
                }
                #expect(error?.mayHaveBeenApplied == true)
                let reply = try await client.send(RedisCommand("WHICH")).text
                #expect(reply == "2")
            }
        }
    }

    @Test func aReplyThatNobodyAskedForReplacesTheConnection() async throws {
        try await ScriptedPeer.run { connection, _ in
            connection == 1 ? .reply("+1\r\n+too much\r\n") : .reply("+2\r\n")
        } body: { peer in
            try await withClient(peer.configuration) { client, log in
                await log.connected()
                let first = try await client.send(RedisCommand("WHICH")).text
                #expect(first == "1")
                await log.connected(times: 2)
                let second = try await client.send(RedisCommand("WHICH")).text
                #expect(second == "2")
            }
        }
    }

    @Test func aPeerThatHangsUpAtOnceIsNotRushed() async throws {
        try await ScriptedPeer.run { connection, _ in
            connection < 5 ? .close : .reply("+\(connection)\r\n")
        } body: { peer in
            try await withClient(peer.configuration) { client, _ in
                var failures = 0
                while true {
                    do {
                        #expect(try await client.send(RedisCommand("WHICH")).text == "5")
                        break
                    } catch { failures += 1 }
                }
                #expect(failures == 4)
            }
        }
    }

    @Test func moreThanTheLimitFailsAtOnce() async throws {
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: 1))
        configuration.maxWaiting = 3
        configuration.commandTimeout = .milliseconds(50)
        let client = RedisClient(configuration: configuration, logger: quiet)
        let overloaded = await withTaskGroup(of: RedisError?.self) { group in
            for _ in 0..<5 { group.addTask { await fault { try await client.ping() } } }
            return await group.reduce(into: 0) { count, error in count += error?.reason == .overloaded ? 1 : 0 }
        }
        #expect(overloaded == 2)
    }

    @Test func bytesHaveALimitToo() async throws {
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: 1))
        configuration.maxWaitingBytes = 1000
        configuration.commandTimeout = .milliseconds(50)
        let client = RedisClient(configuration: configuration, logger: quiet)
        let great = RedisCommand("SET", ["k", .bytes(Bytes(repeating: 1, count: 2000))])
        let overloaded = await withTaskGroup(of: RedisError?.self) { group in
            for _ in 0..<4 {
                group.addTask { await fault { _ = try await client.send(great) } }
            }
            return await group.reduce(into: 0) { count, error in count += error?.reason == .overloaded ? 1 : 0 }
        }
        #expect(overloaded == 3)
    }
}
