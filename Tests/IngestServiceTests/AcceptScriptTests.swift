import DevKit
import RedisStreams
import Testing

@testable import IngestService

@Suite("The script that adds events", .tags(.servers), .timeLimit(.minutes(2)))
struct AcceptScriptTests {
    private let stream = "segment:events"

    @Test("Events come into the stream in order, and the answer counts them")
    func order() async throws {
        try await withRedis { _, redis async throws in
            let ids = (0..<250).map { "m\($0)" }
            #expect(try await redis.accept(events(ids)) == .accepted(known: [], length: 250))
            #expect(try await redis.payloads(stream) == ids)
        }
    }

    @Test("A batch that is half known adds what is not; an ID that comes twice in one batch is added once")
    func halfKnown() async throws {
        try await withRedis { _, redis async throws in
            _ = try await redis.accept(events(["m1", "m2", "m3"]))
            #expect(try await redis.accept(events(["m2", "m4", "m4"])) == .accepted(known: [0, 2], length: 4))
            #expect(try await redis.payloads(stream) == ["m1", "m2", "m3", "m4"])
            let counters = try await redis.send(RedisCommand("HGETALL", ["{segment:events}:in:counters"])).pairs
            #expect(counters?.compactMapValues(\.integer) == ["calls": 2, "added": 4, "duplicates": 2])
        }
    }

    @Test("The same ID of two sources is two events")
    func sources() async throws {
        try await withRedis { _, redis async throws in
            _ = try await redis.accept(events(["m1"], source: "web"))
            #expect(try await redis.accept(events(["m1"], source: "app")) == .accepted(known: [], length: 2))
        }
    }

    @Test("After its deadline, on another day, and above the length nothing is done")
    func refusals() async throws {
        try await withRedis { _, redis async throws in
            #expect(try await redis.accept(events(["m1"]), deadline: -1) == .late)
            for offset in [-1, 1] {
                #expect(try await redis.accept(events(["m1"]), dayOffset: offset) == .otherDay)
            }
            #expect(try await redis.accept(events(["m1", "m2"]), maxLength: 1) == .full(length: 0))
            #expect(try await redis.send(RedisCommand("DBSIZE")).integer == 0)
            #expect(try await redis.accept(events(["m1"]), maxLength: 1) == .accepted(known: [], length: 1))
        }
    }

    @Test("A full memory refuses a call as a whole")
    func memory() async throws {
        try await withRedis(arguments: ["--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]) {
            _,
            redis async throws in
            var accepted = 0
            var fault: RedisServerError?
            let payload = [UInt8](repeating: 120, count: 2000)
            while fault == nil, accepted < 10_000 {
                let batch = (0..<100).map { index in
                    AcceptScript.Event(
                        fingerprint: EventFingerprint(source: "web", messageID: "\(accepted)-\(index)"),
                        payload: payload
                    )
                }
                do {
                    _ = try await redis.accept(batch)
                    accepted += 1
                } catch let error as RedisError {
                    if case .server(let server) = error.reason { fault = server } else { throw error }
                }
            }
            #expect(fault?.code == "OOM" || fault?.message.contains("OOM") == true)
            let length = try await redis.send(RedisCommand("XLEN", ["segment:events"])).integer
            #expect(length == Int64(accepted * 100))
        }
    }

    @Test("What was added yesterday is known, what is older is not; the hashes of a day end by themselves")
    func generations() async throws {
        try await withRedis { _, redis async throws in
            let event = events(["m1"])
            let now = try await redis.time()
            let keys = IntakeKeys(stream: "segment:events")
            let bucket = event[0].fingerprint.bucket
            for (day, known) in [(now.day - 2, []), (now.day - 1, [0])] {
                _ = try await redis.send(RedisCommand("FLUSHALL"))
                let hash = keys.known(day: day, bucket: bucket)
                _ = try await redis.send(
                    RedisCommand("HSET", [.string(hash), .bytes(event[0].fingerprint.field), ""])
                )
                #expect(try await redis.accept(event) == .accepted(known: known, length: 1 - known.count))
            }
            _ = try await redis.send(RedisCommand("FLUSHALL"))
            _ = try await redis.accept(event)
            let hash = keys.known(day: now.day, bucket: bucket)
            let left = try await redis.send(RedisCommand("TTL", [.string(hash)])).integer ?? -1
            // Midnight may have come in between.
            #expect((2 * 86_400...3 * 86_400).contains(left) || left == -2)
        }
    }

    @Test("A call that adds nothing is a write all the same: WAIT after it means something")
    func alwaysWrites() async throws {
        try await withRedis { _, redis async throws in
            _ = try await redis.accept(events(["m1"]))
            func offset() async throws -> String? {
                try await redis.send(RedisCommand("INFO", ["persistence"])).text?.split(separator: "\r\n")
                    .first { $0.hasPrefix("rdb_changes_since_last_save") }.map(String.init)
            }
            let before = try await offset()
            #expect(try await redis.accept(events(["m1"])) == .accepted(known: [0], length: 1))
            #expect(try await offset() != before)
        }
    }

    @Test(
        "A stream that is none, and keys of another kind, leave nothing behind",
        arguments: ["segment:events", "{segment:events}:in:counters"]
    )
    func wrongType(key: String) async throws {
        try await withRedis { _, redis async throws in
            _ = try await redis.send(RedisCommand("SET", [.string(key), "text"]))
            await #expect(throws: RedisError.self) { _ = try await redis.accept(events(["m1"])) }
            #expect(try await redis.send(RedisCommand("DBSIZE")).integer == 1)
        }
    }

    @Test("Message IDs of any kind have a fingerprint, and different ones differ")
    func fingerprints() {
        let ids = ["", "a", "ab", "\u{0}", "é", "e\u{301}", String(repeating: "x", count: 100_000)]
        let sources = ["", "a", "ab"]
        var seen: Set<EventFingerprint> = []
        for source in sources {
            for id in ids { seen.insert(EventFingerprint(source: source, messageID: id)) }
        }
        #expect(seen.count == sources.count * ids.count)
    }

    @Test("Events are spread over all hashes of a day")
    func spread() {
        let used = Set((0..<65_536).map { EventFingerprint(source: "web", messageID: "m\($0)").bucket })
        // Of n draws out of n, 63 % are different ones.
        #expect((40_000..<43_000).contains(used.count))
    }
}
