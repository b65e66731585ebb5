import Bridge
import DevKit
import Foundation
import LoopsSimulator
import PrometheusMetrics
import RedisStreams
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("What the bridge may do in Redis and what it does to a stream", .tags(.servers), .timeLimit(.minutes(5)))
struct RedisRightsTests {
    /// The rule in docs/reference/redis.md, as words.
    private static func rule() throws -> [String] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/reference/redis.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        let rule = try #require(lines.first { $0.hasPrefix("ACL SETUSER bridge ") })
        return rule.split(separator: " ").map { $0 == ">PASSWORD" ? ">secret" : String($0) }
    }

    @Test("The least rights of the security page are enough: routing, crash, dead letters, trimming, joining, leaving")
    func leastRights() async throws {
        let rule = try Self.rule()
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    _ = try await client.send(RedisCommand(rule[0], rule.dropFirst().map { .string($0) }))
                }
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1") {
                    $0.redis.user = "bridge"
                    $0.redis.password = "secret"
                    $0.trimFinishedAfter = .seconds(1)
                    $0.rateLimit = 1000
                }
                for round in 0..<2 {
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        try await harness.publish(Harness.events(50, from: 50 * round) + [Array("no event".utf8)])
                        await harness.bridge.confirmedEnds.reached(51)
                        let letters = try await harness.deadLetters()
                        #expect(letters.count == round + 1)
                        _ = try await harness.bridge.pause([Harness.stream], Pause(by: "test", reason: ""))
                        let pauses = try await harness.bridge.pauses([Harness.stream])
                        #expect(pauses.count == 1)
                        _ = try await harness.bridge.resume([Harness.stream])
                    }
                }
                let denied = try await Self.denials(redis)
                #expect(denied.isEmpty, "\(denied)")
            }
        }
    }

    /// What Redis has refused so far.
    private static func denials(_ redis: RedisServer) async throws -> [String] {
        let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            let log = try await client.send(RedisCommand("ACL", ["LOG"])).array ?? []
            return log.map { entry in (entry.array ?? []).map { $0.text ?? "" }.joined(separator: " ") }
        }
    }

    @Test(
        "Entries that the producer trims before they are read are counted as lost, and the rest is delivered",
        .tags(.redis7)
    )
    func trimmedBeforeReading() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                // The group is made, then everybody is away while the producer trims.
                try await Harness.carry(configuration, redis, simulator) { harness in
                    try await harness.publish(Harness.events(10))
                    await harness.bridge.confirmedEnds.reached(10)
                }
                let client = RedisClient(configuration: configuration.redis, logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    try await Harness.publish(Harness.events(100, from: 10), client)
                    _ = try await client.send(RedisCommand("XTRIM", [.string(Harness.stream), "MAXLEN", "40"]))
                }
                try await Harness.carry(configuration, redis, simulator) { harness in
                    await harness.bridge.confirmedEnds.reached(40)
                    try await harness.metric(#"loops_bridge_entries_lost_total{stream="segment:events"} 60"#)
                }
            }
        }
    }

    @Test("Finished entries are trimmed when that is asked for, and only when every group has finished them")
    func retention() async throws {
        try await RedisServer.run(arguments: ["--stream-node-max-entries", "10"]) { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1") {
                    $0.trimFinishedAfter = .zero
                }
                let client = RedisClient(configuration: configuration.redis, logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    try await Harness.publish(Harness.events(100), client)
                    // Another group has read half of it, and one of these is still pending.
                    _ = try await client.createGroup(Harness.stream, group: "other")
                    let read = try await client.readNew(
                        Harness.stream,
                        group: "other",
                        consumer: "reader",
                        count: 50
                    )
                    _ = try await client.ack(Harness.stream, group: "other", ids: read.prefix(30).map(\.id))
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        await harness.bridge.confirmedEnds.reached(100)
                    }
                    // A second life, whose first look comes when everything is finished.
                    try await Harness.carry(configuration, redis, simulator) { harness in
                        // A slow first life may have trimmed a part already.
                        while try await client.length(Harness.stream) > 70 {
                            _ = try await client.read(
                                stream: "nothing",
                                after: .zero,
                                count: 1,
                                block: .milliseconds(20)
                            )
                        }
                    }
                    let first = try await client.streamInfo(Harness.stream).firstEntryID
                    let length = try await client.length(Harness.stream)
                    #expect(first == read[30].id && length == 70)
                }
            }
        }
    }
}

extension Harness {
    /// Waits until the metrics have this line.
    func metric(_ line: String) async throws {
        while !registry.exposition().contains(line + "\n") {
            _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
        }
    }
}
