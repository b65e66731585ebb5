import DevKit
import Foundation
import Ingest
import Testing

@Suite("publish, as it is typed", .tags(.servers), .timeLimit(.minutes(3)))
struct PublishTests {
    private static func event(_ number: Int, of contact: String = "u") -> String {
        #"{"type":"track","messageId":"m\#(number)","userId":"\#(contact)","event":"E"}"#
    }

    private static func lines(_ numbers: some Sequence<Int>) -> String { numbers.map { event($0) + "\n" }.joined() }

    private func write(_ text: String, _ folder: String, _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        let bytes = Array(text.utf8)
        try Data(name.hasSuffix(".gz") ? Gzip.compressed(bytes) : bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The messageIds of a stream, in order.
    private func ids(_ redis: RedisServer, _ stream: String = "segment:events") async throws -> [String] {
        let script = """
            local ids = {}
            for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
              ids[#ids + 1] = string.match(entry[2][2], '"messageId":"(m%d+)"')
            end
            return table.concat(ids, ' ')
            """
        let lines = try await RedisCLI.run(port: redis.port, "EVAL", script, "1", stream)
        return (lines.first ?? "").split(separator: " ").map(String.init)
    }

    @Test("A folder of gzip, an array over many lines, a batch and lines: each event once, in order")
    func forms() async throws {
        try await RedisServer.run { redis in
            try await TemporaryFolder.with { folder in
                let archive = folder + "/archive"
                try FileManager.default.createDirectory(atPath: archive, withIntermediateDirectories: true)
                _ = try write(Self.lines(3...4), archive, "2.gz")
                _ = try write(Self.lines(1...2), archive, "1.gz")
                let array = try write("[\n  \(Self.event(5)),\n  \(Self.event(6))\n]\n", folder, "array.json")
                let batch = try write(
                    #"{"batch":[\#(Self.event(7)),\#(Self.event(8))]}"#
                        + "\n{\n  \"type\": \"track\",\n  \"messageId\":\"m9\"\n}\n",
                    folder,
                    "batch.ndjson"
                )
                let answer = try await Program.ask(["publish", archive, array, batch], redis: redis.url)
                #expect(answer.status == "0", "\(answer)")
                #expect(answer.lines.contains("9 published to segment:events, 0 left out"), "\(answer)")
                #expect(answer.lines.contains("warning: no bridge reads segment:events yet: it has no consumer group"))
                #expect(try await ids(redis) == (1...9).map { "m\($0)" })
            }
        }
    }

    @Test("--check prints what each event becomes, asks no Redis, and fails for a bad one")
    func check() async throws {
        try await TemporaryFolder.with { folder in
            let file = try write(
                Self.event(1) + "\n[" + Self.event(2) + #",{"type":"page","userId":"u"}]"# + "\n"
                    + #"{"type":"track","event":"E"}"# + "\nno json\n",
                folder,
                "events.ndjson"
            )
            let answer = try await Program.ask(["publish", "--check", file], redis: "redis://127.0.0.1:1")
            #expect(answer.status == "1", "\(answer)")
            let expected = [
                "line 1: POST events/send by Send event", "line 2, event 1: POST events/send by Send event",
                "line 2, event 2: ignored: no mapping takes this event of type 'page'",
                "line 3: dead letter: Send event",
                "line 4: left out: not JSON",
                "nothing was added; of 4 events 2 would be delivered, 1 ignored and 1 dead-lettered, and 1 lines left out",
            ]
            #expect(answer.lines.count == expected.count, "\(answer)")
            for part in expected { #expect(answer.lines.contains { $0.hasPrefix(part) }, "\(part): \(answer)") }
            let good = try write(Self.event(1), folder, "good.gz")
            let sharded = ["publish", "--check", "--stream", "s:{0..3}", good]
            let spread = try await Program.ask(sharded, redis: "redis://127.0.0.1:1")
            let shard = IngestShards(stream: "s", count: 4)
            let line = "line 1 in \(shard.streams[shard.index(of: "u")]): POST events/send by Send event"
            #expect(spread.status == "0" && spread.lines.contains(line), "\(spread)")
        }
    }

    @Test("A failure says where to go on, and from there nothing is missing")
    func resumption() async throws {
        try await RedisServer.run(arguments: ["--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]) { redis in
            try await TemporaryFolder.with { folder in
                let padding = String(repeating: "x", count: 4000)
                let text = (1...3000).map { number in
                    #"{"type":"track","messageId":"m\#(number)","userId":"u","event":"E","properties":{"x":"\#(padding)"}}"#
                        + "\n"
                }.joined()
                let file = try write(text, folder, "events.ndjson")
                let failed = try await Program.ask(["publish", file], redis: redis.url)
                #expect(failed.status == "1", "\(failed)")
                let words = failed.lines.compactMap {
                    $0.firstMatch(of: /^Go on with --from-line (\d+)\./).map { String($0.1) }
                }
                let line = try #require(words.first, "\(failed)")
                #expect(failed.lines.contains { $0.contains("failed after") && $0.contains("OOM") })
                try await RedisCLI.run(port: redis.port, "CONFIG", "SET", "maxmemory", "0")
                let rest = try await Program.ask(["publish", "--from-line", line, file], redis: redis.url)
                #expect(rest.status == "0", "\(rest)")
                let ids = try await ids(redis)
                #expect(Set(ids).count == 3000 && ids.count < 3500, "\(ids.count)")
            }
        }
    }

    @Test("Interrupted, it says where to go on; from there each event is there once")
    func interruption() async throws {
        try await RedisServer.run { redis in
            try await TemporaryFolder.with { folder in
                let files = [
                    try write(Self.lines(1...3), folder, "a.json"), try write(Self.lines(4...1000), folder, "b.gz"),
                ]
                let output = try await ChildProcess.run(
                    Program.path,
                    arguments: ["publish", "--rate", "200"] + files,
                    environment: ["REDIS_URL": redis.url]
                ) { child in
                    while try await ids(redis).count < 10 {}
                    child.send(SIGINT)
                    await child.exited()
                    return child.output
                }
                let told = output.compactMap {
                    $0.firstMatch(of: /^Go on with --from-file '(.*)' --from-line (\d+)\./).map { ($0.1, $0.2) }
                }
                let place = try #require(told.first, "\(output)")
                let before = try await ids(redis).count
                #expect(output.contains("Interrupted: \(before) events were published to segment:events."), "\(output)")
                #expect(place.0 == files[1] && place.1 == "\(before - 2)" && before < 1000)
                let rest = try await Program.ask(
                    ["publish", "--from-file", String(place.0), "--from-line", String(place.1)] + files,
                    redis: redis.url
                )
                #expect(rest.status == "0", "\(rest)")
                #expect(try await ids(redis) == (1...1000).map { "m\($0)" })
            }
        }
    }

    @Test("It ends while it waits for a pipe, too")
    func waitingForAPipe() async throws {
        try await RedisServer.run { redis in
            try await TemporaryFolder.with { folder in
                // The pipe has a writer that never writes a second time, nor ends.
                let script = #"mkfifo "$1/p"; exec 9<>"$1/p"; echo "$2" >&9; exec "$0" publish - <"$1/p""#
                let output = try await ChildProcess.run(
                    "/bin/bash",
                    arguments: ["-c", script, Program.path, folder, Self.event(1)],
                    environment: ["REDIS_URL": redis.url]
                ) { child in
                    // It is added although the pipe goes on.
                    while try await ids(redis).isEmpty {}
                    child.send(SIGTERM)
                    await child.exited()
                    return child.output
                }
                #expect(output.contains("Go on with --from-line 2."), "\(output)")
            }
        }
    }

    @Test("Spread over streams, each contact's events are in one, in order; another number is refused")
    func streams() async throws {
        try await RedisServer.run { redis in
            try await TemporaryFolder.with { folder in
                let text = (1...300).map { Self.event($0, of: "u\($0 % 17)") + "\n" }.joined()
                let file = try write(text, folder, "events.ndjson")
                let answer = try await Program.ask(["publish", "--streams", "s:{0..3}", file], redis: redis.url)
                #expect(answer.status == "0", "\(answer)")
                #expect(answer.lines.contains("300 published to s:{0..3}, 0 left out"), "\(answer)")
                #expect(answer.lines.contains { $0.hasPrefix("warning: no bridge with these settings reads s:{0..3}") })
                let shards = IngestShards(stream: "s", count: 4)
                for (index, stream) in shards.streams.enumerated() {
                    let expected = (1...300).filter { shards.index(of: "u\($0 % 17)") == index }.map { "m\($0)" }
                    #expect(try await ids(redis, stream) == expected && !expected.isEmpty)
                }
                let other = try await Program.ask(["publish", "--stream", "s:{0..4}", file], redis: redis.url)
                #expect(other.status == "2", "\(other)")
                #expect(
                    other.lines.contains { $0.contains("s is spread over 4 streams, which hold 300 entries") },
                    "\(other)"
                )
            }
        }
    }

    @Test("A gzip bomb, one that was cut off and one with something behind it end with status 2 and words")
    func badGzip() async throws {
        try await TemporaryFolder.with { folder in
            let script =
                #"head -c 40000000 /dev/zero | gzip -1 >"$0/bomb.gz"; head -c 1000 "$0/bomb.gz" >"$0/cut.gz"; (gzip -c </dev/null; echo x) >"$0/tail.gz""#
            _ = try await ChildProcess.run("/bin/bash", arguments: ["-c", script, folder]) { await $0.exited() }
            for (name, words) in [
                ("bomb", "more than 100 times its size when it is decompressed"), ("cut", "it is gzip and was cut off"),
                ("tail", "it is gzip and damaged, or something follows that is not gzip"),
            ] {
                let answer = try await Program.ask(
                    ["publish", "--check", "\(folder)/\(name).gz"],
                    redis: "redis://127.0.0.1:1"
                )
                #expect(answer.status == "2" && answer.lines.contains { $0.contains(words) }, "\(name): \(answer)")
            }
        }
    }
}
