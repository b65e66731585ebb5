import DevKit
import RedisStreams
import Support
import Testing

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct CancellationTests {
    private static let admissionControl = RedisCommand("BLPOP", ["gate", "0"])

    /// The reply of a command that nobody waits for any more is not taken for that of the next one.
    @Test func aCancelledCommandInTheMiddleShiftsNoReplies() async throws {
        try await withRedis { server, client, _ in
            try await withClient(try server.control()) { control, _ in
                async let blocked = client.send(Self.admissionControl)
                try await control.seesBlocked("loops-bridge")
                let victim = Task {
                    await fault {
                        _ = try await client.send(RedisCommand("INCR", ["n"]))
                    }
                }
                let unread = try await control.seesUnread("loops-bridge", moreThan: 0)
                async let echo = client.echo("behind")
                _ = try await control.seesUnread("loops-bridge", moreThan: unread)
                victim.cancel()
                let error = await victim.value
                #expect(error?.reason == .cancelled && error?.mayHaveBeenApplied == true)
                _ = try await control.send(RedisCommand("RPUSH", ["gate", "open"]))
                #expect(try await blocked.array?.last?.text == "open")
                #expect(try await echo == "behind")
                #expect(try await client.send(RedisCommand("GET", ["n"])).integer == 1)
            }
        }
    }

    @Test func whatWasNotWrittenWasNotApplied() async throws {
        let client = RedisClient(configuration: .local, logger: quiet)
        let task = Task { await fault { try await client.ping() } }
        task.cancel()
        let error = await task.value
        #expect(error?.reason == .cancelled && error?.mayHaveBeenApplied == false)
    }

    @Test func manyCancelledAtRandomLeaveTheOthersTheirReplies() async throws {
        try await withRedis { _, client, _ in
            var random = SplitMix64(seed: 7)
            let tasks = (0..<3000).map { number in
                (number, random.next() % 2 == 0, Task { () async -> String? in try? await client.echo("\(number)") })
            }
            for (_, isCancelled, task) in tasks where isCancelled { task.cancel() }
            for (number, isCancelled, task) in tasks {
                let reply = await task.value
                #expect(reply == "\(number)" || (isCancelled && reply == nil))
            }
        }
    }

    @Test func aClientThatIsCancelledWhileItConnectsEndsAtOnce() async throws {
        try await ScriptedPeer.run { _, _ in
            .silence
        } body: { peer in
            var configuration = peer.configuration
            configuration.password = "never answered"
            configuration.connectTimeout = .seconds(3600)
            let client = RedisClient(configuration: configuration, logger: quiet)
            let running = Task { await client.run() }
            let waiting = Task { await fault { try await client.ping() } }
            await Task.yield()
            running.cancel()
            await running.value
            #expect(await waiting.value?.reason == .closed)
            #expect(client.state == .disconnected(reason: "the client is closed"))
        }
    }
}
