import DevKit
import RedisStreams
import Testing

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct PipeliningTests {
    @Test func bytesAreBytes() async throws {
        try await withRedis { _, client, _ in
            let great = Bytes((0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            for value: Bytes in [[], [0], [0xff, 0xfe, 0xc3], Bytes(0...255), great] {
                _ = try await client.send(RedisCommand("SET", ["key", .bytes(value)]))
                #expect(try await client.send(RedisCommand("GET", ["key"])).bytes == value)
                let id = try await client.add("stream", fields: [StreamField(name: [0, 0xff], value: value)])
                #expect(try await client.range("stream", from: id, count: 1).first?.fields?.first?.value == value)
            }
        }
    }

    @Test func tenThousandInOneGoKeepTheirOrder() async throws {
        try await withRedis { _, client, _ in
            let replies = try await client.pipeline(
                [RedisCommand](repeating: RedisCommand("INCR", ["n"]), count: 10_000)
            )
            #expect(try replies.map { try $0.get().integer } == (1...10_000).map { Int64($0) })
        }
    }

    @Test func tenThousandFromManyTasksGetTheirOwnReplies() async throws {
        try await withRedis { _, client, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<10_000 { group.addTask { try await client.echo("\(number)") == "\(number)" } }
                for try await isOwn in group { #expect(isOwn) }
            }
        }
    }

    @Test func oneTasksCommandsAreCarriedOutInOrder() async throws {
        try await withRedis { _, client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        for number in 0..<1000 {
                            let length = try await client.send(
                                RedisCommand("RPUSH", [.string("list-\(task)"), .string("\(number)")])
                            )
                            #expect(length.integer == Int64(number + 1))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func anErrorReplyIsInItsPlace() async throws {
        try await withRedis { _, client, _ in
            let replies = try await client.pipeline([
                RedisCommand("SET", ["k", "text"]), RedisCommand("INCR", ["k"]), RedisCommand("NONSENSE"),
                RedisCommand("GET", ["k"]),
            ])
            #expect(try replies[0].get() == .status("OK"))
            #expect(throws: RedisServerError.self) { try replies[1].get() }
            #expect(throws: RedisServerError.self) { try replies[2].get() }
            #expect(try replies[3].get().text == "text")
            #expect(try await client.pipeline([]).isEmpty)
            let error = await fault {
                _ = try await client.send(RedisCommand("XADD", ["k", "*", "a", "b"]))
            }
            guard case .server(let answer) = error?.reason else {
                Issue.record("an error reply was expected")
                return
            }
            #expect(answer.code == "WRONGTYPE" && error?.mayHaveBeenApplied == false)
        }
    }

    @Test func commandsAreObservedWhenSomeoneWantsTo() async throws {
        try await RedisServer.run { server in
            let (seen, continuation) = AsyncStream<(String, Bool)>.makeStream()
            let client = RedisClient(
                configuration: try server.control(),
                logger: quiet,
                onCommand: { command, _, error in continuation.yield((command, error == nil)) }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                try await client.ping()
                group.cancelAll()
            }
            let late = await fault { try await client.ping() }
            #expect(late?.reason == .closed && late?.mayHaveBeenApplied == false)
            continuation.finish()
            var all: [String] = []
            for await (command, isGood) in seen { all.append("\(command) \(isGood)") }
            #expect(all == ["PING true", "PING false"])
        }
    }
}
