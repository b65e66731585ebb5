import DevKit
import Foundation
import Ingest
import NIOCore
import RedisStreams
import Testing

@testable import BridgeService
@testable import IngestService

@Suite("The intake over HTTP", .tags(.servers), .timeLimit(.minutes(2)))
struct IngestServerTests {
    private static let stream = "segment:events"

    @Test("A batch is in the stream when it is answered: 200 with a JSON object; what comes again is not added again")
    func accepted() async throws {
        try await withRedis { server, redis async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                for _ in 0..<2 {
                    let answer = try await intake.send(["m1", "m2"])
                    #expect(answer.status == 200 && answer.body == #"{"success":true}"#)
                    #expect(answer.header("Content-Type") == "application/json")
                    let length = try await redis.send(RedisCommand("XLEN", [.string(Self.stream)])).integer
                    #expect(length == 2)
                }
                let metrics = try await intake.probe("/metrics").body
                #expect(metrics.contains(#"ingest_events_accepted_total{key="shop"} 2"#))
                #expect(metrics.contains(#"ingest_events_duplicate_total{key="shop"} 2"#))
                #expect(metrics.contains(#"ingest_requests_total{key="shop",path="batch",status="200"} 2"#))
                #expect(!metrics.contains(TestIntake.key))
            }
        }
    }

    @Test("Errors are JSON objects with code and message, and no path of events is answered 404, 413 or 3xx")
    func errors() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                let event = Array(#"{"batch":[{"type":"track","userId":"u"}]}"#.utf8)
                let cases: [(path: String, key: String?, headers: [String], body: [UInt8], status: Int, code: String)] =
                    [
                        ("/v1/batch", "wrong-wrong-wrong-wrong", [], event, 401, "unknown_key"),
                        ("/v1/batch", nil, [], event, 401, "no_key"),
                        ("/v1/batch", TestIntake.key, [], Array("nope".utf8), 400, "not_json"),
                        ("/v1/batch", TestIntake.key, [], Array("[]".utf8), 400, "not_an_object"),
                        ("/v1/import/", TestIntake.key, [], Array("{}".utf8), 400, "batch_is_not_an_array"),
                        ("/v1/batch", TestIntake.key, ["Content-Encoding: br"], event, 415, "unsupported_encoding"),
                        ("/v1/batch", TestIntake.key, ["Content-Encoding: gzip"], event, 400, "bad_compression"),
                        ("/v1/batch", TestIntake.key, [], [UInt8](repeating: 32, count: 1_200_000), 400, "too_large"),
                        (
                            "/v1/t", TestIntake.browserKey, ["Origin: https://evil.example"], event, 403,
                            "origin_not_allowed"
                        ),
                        ("/v2/batch", TestIntake.key, [], event, 404, "unknown_path"),
                    ]
                for sent in cases {
                    let answer = try await intake.ask("POST", sent.path, key: sent.key, sent.headers, body: sent.body)
                    #expect(answer.status == sent.status, "\(sent.code)")
                    #expect(answer.body.hasPrefix("{") && answer.body.contains(#""code":"\#(sent.code)""#))
                    #expect(answer.body.contains(#""message":"#) && answer.body.contains(#""error":"#))
                }
            }
        }
    }

    @Test(
        "A hostile client costs nothing: gzip bomb, deep JSON, endless body, large headers, wrong keys by the hundred"
    )
    func hostile() async throws {
        try await withRedis { server, redis async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                let bomb = Gzip.compressed([UInt8](repeating: 32, count: 50 << 20))
                let deep = Array((String(repeating: "[", count: 100_000)).utf8)
                for (body, headers) in [(bomb, ["Content-Encoding: gzip"]), (deep, [])] {
                    #expect(try await intake.ask("POST", "/v1/batch", headers, body: body).status == 400)
                }
                let large = try await intake.ask("GET", "/", ["X-Large: " + String(repeating: "x", count: 20_000)])
                #expect(large.status == 400 || large.text.isEmpty)
                for index in 0..<300 {
                    #expect(
                        try await intake.ask(key: "wrong-key-number-\(index)", body: Array("{}".utf8)).status == 401
                    )
                }
                // More than is read and thrown away.
                try await RawClient.with(port: intake.port) { client async throws in
                    try await client.send("POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                    let chunk = "100000\r\n" + String(repeating: "x", count: 1 << 20) + "\r\n"
                    for _ in 0..<20 { try? await client.send(chunk) }
                    _ = await client.rest()
                }
                #expect(try await redis.send(RedisCommand("EXISTS", [.string(Self.stream)])).integer == 0)
                #expect(try await intake.send(["m1"]).status == 200)
            }
        }
    }

    @Test("A body that does not come to its end, and a connection without a request, are closed")
    func slow() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url, limits: .init(request: .milliseconds(100))) {
                intake async throws in
                for text in ["", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"] {
                    try await RawClient.with(port: intake.port) { client async throws in
                        if !text.isEmpty { try? await client.send(text) }
                        #expect(await client.rest() == "")
                    }
                }
                let metrics = try await intake.probe("/metrics").body
                #expect(metrics.contains(#"ingest_connections_dropped_total{cause="request"} 2"#))
            }
        }
    }

    @Test("An address has no more connections than it may have, and all together no more than the limit")
    func connections() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url, ["ingest.maxConnectionsPerAddress": "2"]) {
                intake async throws in
                try await RawClient.with(port: intake.port) { first async throws in
                    try await first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    _ = await first.read(until: "true}")
                    try await RawClient.with(port: intake.port) { second async throws in
                        try await second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        _ = await second.read(until: "true}")
                        let third = try await RawClient.with(port: intake.port) { await $0.rest() }
                        #expect(third == "")
                    }
                }
            }
            try await TestIntake.run(redis: server.url, ["ingest.maxConnections": "1"]) { intake async throws in
                try await RawClient.with(port: intake.port) { idle async throws in
                    try await idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    _ = await idle.read(until: "true}")
                    // The new one is served; the idle one made room.
                    #expect(try await intake.send(["m1"]).status == 200)
                    _ = await idle.rest()
                }
            }
        }
    }

    @Test("Expect: 100-continue is answered, and a body that is too large is not asked for")
    func expect() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                let head = "POST /v1/batch HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                let body = #"{"writeKey":"\#(TestIntake.key)","batch":[]}"#
                try await RawClient.with(port: intake.port) { client async throws in
                    try await client.send(head + "\(body.utf8.count)\r\n\r\n")
                    #expect(await client.read(until: "HTTP/1.1 100 Continue\r\n\r\n"))
                    try await client.send(body)
                    #expect(await client.read(until: #"{"success":true}"#))
                }
                try await RawClient.with(port: intake.port) { client async throws in
                    try await client.send(head + "9000000\r\n\r\n")
                    let answer = await client.rest()
                    #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("Connection: close"))
                }
            }
        }
    }

    @Test("Keys are loaded again when their file changes; a file that cannot be used changes nothing and is told")
    func reload() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                let other = "wk_fedcba9876543210"
                try "keys: [{name: new, key: \(other), stream: segment:other}]"
                    .write(toFile: intake.keysPath, atomically: true, encoding: .utf8)
                let body = Array(#"{"batch":[{"type":"track","event":"Hi","userId":"u"}]}"#.utf8)
                while try await intake.ask(key: other, body: body).status != 200 { await Task.yield() }
                #expect(try await intake.ask(body: body).status == 401)
                try "keys: nonsense".write(toFile: intake.keysPath, atomically: true, encoding: .utf8)
                while try await !intake.probe("/metrics").body.contains("ingest_reload_ok 0") { await Task.yield() }
                #expect(try await intake.ask(key: other, body: body).status == 200)
            }
        }
    }

    @Test("When it is to end, what is held is added and answered, and the connection is closed")
    func shutdown() async throws {
        try await withRedis { server, redis async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                while try await intake.probe("/readyz").status != 200 { await Task.yield() }
                server.send(SIGSTOP)
                async let held = intake.send(["m1"])
                while try await !intake.probe("/metrics").body
                    .contains(#"ingest_held_requests{stream="segment:events"} 1"#)
                { await Task.yield() }
                await intake.stop()
                while try await intake.probe("/readyz").status != 503 { await Task.yield() }
                server.send(SIGCONT)
                let answer = try await held
                #expect(answer.status == 200 && answer.header("Connection") == "close")
                let length = try await redis.send(RedisCommand("XLEN", [.string(Self.stream)])).integer
                #expect(length == 1)
            }
        }
    }

    @Test("An outage is answered 503 without Retry-After once a request was held for five seconds; readiness says why")
    func outage() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                #expect(try await intake.send(["m1"]).status == 200)
                await server.stop(SIGKILL)
                let start = ContinuousClock.now
                let answer = try await intake.send(["m2"])
                #expect(answer.status == 503 && answer.header("Retry-After") == nil)
                #expect(answer.body.contains(#""code":"unavailable""#))
                #expect(ContinuousClock.now - start > .seconds(4.9))
                let ready = try await intake.probe("/readyz")
                #expect(ready.status == 503 && ready.body.contains("[-] stream segment:events: "))
                try await server.start()
                #expect(try await intake.send(["m2"]).status == 200)
            }
        }
    }

    @Test("A contact's events are all in one of several streams; another number is refused while they hold entries")
    func shards() async throws {
        try await withRedis { server, redis async throws in
            try await TestIntake.run(redis: server.url, ["ingest.shards": "4"]) { intake async throws in
                for user in 0..<20 {
                    #expect(try await intake.send((0..<5).map { "\(user)-\($0)" }, user: "u\(user)").status == 200)
                }
                for shard in 0..<4 {
                    let length = try await redis.send(RedisCommand("XLEN", [.string("segment:events:{\(shard)}")]))
                        .integer
                    #expect(length.map { $0 > 0 && $0.isMultiple(of: 5) } == true)
                }
            }
            await #expect(throws: ShardRecord.Conflict.self) {
                try await TestIntake.run(redis: server.url, ["ingest.shards": "3"]) { _ in }
            }
            for shard in 0..<4 { _ = try await redis.send(RedisCommand("DEL", [.string("segment:events:{\(shard)}")])) }
            try await TestIntake.run(redis: server.url, ["ingest.shards": "3"]) { intake async throws in
                #expect(try await intake.send(["m1"]).status == 200)
            }
        }
    }

    @Test("The least rights of docs/reference/redis.md are enough")
    func rights() async throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/reference/redis.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        let rule = try #require(lines.first { $0.hasPrefix("ACL SETUSER ingest ") }).split(separator: " ")
            .map { $0 == ">PASSWORD" ? ">secret" : String($0) }
        try await withRedis { server, redis async throws in
            _ = try await redis.send(RedisCommand(rule[0], rule.dropFirst().map { .string($0) }))
            let url = "redis://ingest:secret@127.0.0.1:\(server.port)"
            try await TestIntake.run(redis: url, ["ingest.waitReplicas": "0"]) { intake async throws in
                #expect(try await intake.send(["m1"]).status == 200)
                while try await intake.probe("/readyz").status != 200 { await Task.yield() }
                // What it tells of itself, too.
                let reports = RedisCommand("HLEN", ["{segment:events}:in:reports"])
                while try await redis.send(reports).integer != 1 { await Task.yield() }
            }
            let log = try await redis.send(RedisCommand("ACL", ["LOG"])).array
            #expect(log == [])
            try await withClient(url) { own async throws in
                for words in [
                    ["XRANGE", "segment:events", "-", "+"], ["XREAD", "STREAMS", "segment:events", "0"],
                    ["XTRIM", "segment:events", "MAXLEN", "0"], ["DEL", "segment:events"], ["GET", "other"],
                    ["HGETALL", "{segment:events}:bridge:loops-bridge"], ["KEYS", "*"], ["CONFIG", "GET", "*"],
                    ["FLUSHALL"], ["ACL", "LIST"],
                ] {
                    await #expect(throws: RedisError.self, "\(words)") {
                        try await own.send(RedisCommand(words[0], words.dropFirst().map { .string($0) }))
                    }
                }
            }
            #expect(try await redis.send(RedisCommand("XLEN", [.string(Self.stream)])).integer == 1)
        }
    }
}
