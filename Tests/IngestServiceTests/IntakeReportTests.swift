import DevKit
import Ingest
import RedisStreams
import StreamGroups
import Testing

@testable import IngestService

@Suite("What an intake tells of itself in Redis", .tags(.servers), .timeLimit(.minutes(2)))
struct IntakeReportTests {
    private static let stream = "segment:events"
    private static let key = "{segment:events}:in:reports"

    /// What a bridge reads.
    private func reported(_ redis: RedisClient) async throws -> [ReportedIntake]? {
        try await StreamSurvey.of(GroupKeys(stream: Self.stream, group: "g"), client: redis).intakes
    }

    private func report(_ accepted: Int) -> IntakeReport {
        var report = IntakeReport(since: 1)
        report.keys = ["shop": .init(accepted: accepted)]
        return report
    }

    @Test("A bridge reads the last report of each intake; the key ends by itself, and a report is taken back")
    func told() async throws {
        try await withRedis { _, redis async throws in
            #expect(try await reported(redis) == [])
            let (one, two) = (
                ReportScript(stream: Self.stream, intake: "a/1"), ReportScript(stream: Self.stream, intake: "b/2")
            )
            try await one.send(report(1), client: redis)
            try await one.send(report(2), client: redis)
            try await two.send(report(3), client: redis)
            let read = try await reported(redis)
            #expect(read?.map(\.id) == ["a/1", "b/2"])
            #expect(read?.map(\.report) == [report(2), report(3)])
            #expect(read?.allSatisfy { (0..<30).contains($0.silentSeconds) } == true)
            let seconds = try await redis.send(RedisCommand("TTL", [.string(Self.key)])).integer ?? 0
            #expect((1...30).contains(seconds))
            try await one.send(nil, client: redis)
            #expect(try await reported(redis)?.map(\.id) == ["b/2"])
            try await two.send(nil, client: redis)
            #expect(try await redis.send(RedisCommand("EXISTS", [.string(Self.key)])).integer == 0)
        }
    }

    @Test("Old reports of others go, and those of a clock that was set back; of too many the oldest go")
    func bounded() async throws {
        try await withRedis { _, redis async throws in
            let now = try await redis.time().milliseconds
            func put(_ id: String, _ at: Int) async throws {
                let value = "\(at) \(report(0).text)"
                _ = try await redis.send(RedisCommand("HSET", [.string(Self.key), .string(id), .string(value)]))
            }
            try await put("old", now - 40_000)
            try await put("future", now + 3_600_000)
            _ = try await redis.send(RedisCommand("HSET", [.string(Self.key), "nonsense", "x"]))
            for index in 0..<100 { try await put("i\(index)", now - 10_000 + index) }
            let own = ReportScript(stream: Self.stream, intake: "own")
            try await own.send(report(1), client: redis)
            let ids = try await reported(redis)?.map(\.id) ?? []
            #expect(ids.count == IntakeReport.reportsMax)
            #expect(Set(ids) == Set(["own"] + (37..<100).map { "i\($0)" }))
        }
    }

    @Test("What else stands there keeps the stream's figures from nobody, and is read in bounds")
    func foreign() async throws {
        try await withRedis { _, redis async throws in
            _ = try await redis.send(RedisCommand("XADD", [.string(Self.stream), "*", "event", "{}"]))
            let long = "1 {\"since\":1,\"x\":\"\(String(repeating: "x", count: 20_000))\"}"
            for (id, value) in [
                ("a", "x"), ("b", "1 {}"), ("c", long), (String(repeating: "i", count: 300), "1 {\"since\":1}"),
            ] {
                _ = try await redis.send(RedisCommand("HSET", [.string(Self.key), .string(id), .string(value)]))
            }
            #expect(try await reported(redis) == [])
            _ = try await redis.send(RedisCommand("SET", [.string(Self.key), "x"]))
            let survey = try await StreamSurvey.of(GroupKeys(stream: Self.stream, group: "g"), client: redis)
            // Not read is unknown, and not none.
            #expect(survey.intakes == nil && survey.length == 1)
        }
    }

    @Test("A tally counts by key, library and reason; names have a limit, and nothing is lost beyond it")
    func tally() {
        let start = ContinuousClock.now
        var tally = IntakeTally(since: 1, now: start)
        tally.count(.init(added: 3, duplicates: 1), key: "shop", library: "other", now: start + .seconds(1))
        tally.count([.page: 2, .notAnObject: 1], key: "shop")
        for index in 0..<1100 {
            tally.count(.init(added: 1), key: "key\(index)", library: "none", now: start + .seconds(1))
        }
        var snapshot = StreamIntake.Snapshot()
        snapshot.held = 2
        snapshot.oldest = start
        snapshot.outageSince = start
        snapshot.failure = .late
        let report = tally.report(snapshot, now: start + .seconds(2))
        #expect(report.keys["shop"] == .init(accepted: 3, duplicates: 1, dropped: 3))
        #expect(report.libraries == ["other": 4, "none": 1100] && report.drops == ["page": 2, "not_an_object": 1])
        #expect(report.keys.count == IngestKeysFile.keysMax && report.total.accepted == 1103)
        #expect(report.acceptedPerSecond == 551.5)
        #expect(
            report.held == 2 && report.oldestHeldSeconds == 2 && report.outageSeconds == 2 && report.failure == "late"
        )
        #expect(tally.report(.init(), now: start + .seconds(60)).acceptedPerSecond == 0)
    }

    @Test("A running intake tells what came in over each stream of its own, and nothing once it has ended")
    func running() async throws {
        try await withRedis { server, redis async throws in
            try await TestIntake.run(redis: server.url, ["ingest.drop": "page", "bridge.instance": "intake-1"]) {
                intake async throws in
                _ = try await intake.send(["m1", "m2"])
                _ = try await intake.send(["m2", "m3"])
                let page =
                    #"{"batch":[{"type":"page","userId":"u","context":{"library":{"name":"analytics-ruby"}}},7]}"#
                #expect(try await intake.ask(body: Array(page.utf8)).status == 200)
                var read: ReportedIntake?
                while read?.report.total != .init(accepted: 3, duplicates: 1, dropped: 2) {
                    read = try await reported(redis)?.first
                    await Task.yield()
                }
                #expect(read?.id.hasPrefix("intake-1/") == true)
                #expect(read?.report.keys["shop"] == .init(accepted: 3, duplicates: 1, dropped: 2))
                #expect(read?.report.drops == ["page": 1, "not_an_object": 1])
                #expect(read?.report.failure == nil && read?.report.outageSeconds == nil)
                await intake.stop()
                // It is taken back: by itself it would end 30 seconds after the last one.
                let end = ContinuousClock.now
                while try await reported(redis) != [] { await Task.yield() }
                #expect(ContinuousClock.now - end < .seconds(20))
            }
        }
    }
}
