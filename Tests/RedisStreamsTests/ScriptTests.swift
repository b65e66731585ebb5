import RedisStreams
import Testing

@Suite(.tags(.servers), .timeLimit(.minutes(2))) struct ScriptTests {
    @Test func aScriptIsSentOnceAndAgainWhenForgotten() async throws {
        try await withRedis { _, client, _ in
            let script = RedisScript(name: "join", source: "return KEYS[1] .. ':' .. ARGV[1]")
            for _ in 0..<3 {
                #expect(try await client.run(script, keys: ["k"], arguments: ["a"]).text == "k:a")
                #expect(try await client.run(script, keys: ["k"], arguments: ["b"]).text == "k:b")
                let known = try await client.send(RedisCommand("SCRIPT", ["EXISTS", .string(script.sha1)]))
                #expect(known == .array([.integer(1)]))
                _ = try await client.send(RedisCommand("SCRIPT", ["FLUSH"]))
            }
            let statistics = try await client.send(RedisCommand("INFO", ["commandstats"])).text ?? ""
            #expect(statistics.contains("cmdstat_eval:calls=3,") && statistics.contains("cmdstat_evalsha:calls=6,"))
        }
    }

    @Test func aScriptThatFailsHalfWayMayHaveBeenApplied() async throws {
        try await withRedis { _, client, _ in
            let script = RedisScript(
                name: "half",
                source: "redis.call('SET', KEYS[1], 'x') return redis.call('INCR', KEYS[1])"
            )
            let error = await fault { _ = try await client.run(script, keys: ["k"]) }
            #expect(error?.mayHaveBeenApplied == true)
            let text = try await client.send(RedisCommand("GET", ["k"])).text
            #expect(text == "x")
        }
    }

    @Test func bytesAndRepliesOfEveryKind() async throws {
        try await withRedis { _, client, _ in
            let script = RedisScript(
                name: "kinds",
                source: "return {1, ARGV[1], false, {}, {ok = 'fine'}, {err = 'BAD luck'}, {{2}}}"
            )
            let value: Bytes = [0, 255, 10]
            let reply = try await client.run(script, keys: [], arguments: [.bytes(value)])
            let parts = try #require(reply.array)
            #expect(parts[0] == .integer(1) && parts[1] == .bulk(value) && parts[2] == .null && parts[3] == .array([]))
            #expect(parts[4] == .status("fine") && parts[6] == .array([.array([.integer(2)])]))
            guard case .error(let error) = parts[5] else {
                Issue.record("an error was expected")
                return
            }
            #expect(error.code == "BAD" && error.message == "luck")
        }
    }
}
