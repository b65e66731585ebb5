import DevKit
import JSON
import LoopsSimulator
import PrometheusMetrics
import RedisStreams
import StreamGroups
import Testing

@testable import Bridge
@testable import Destination
@testable import loops_bridge

@Suite("A deletion takes the contact's dead letters with it", .tags(.servers), .timeLimit(.minutes(3)))
struct DeletionTests {
    private static func event(_ type: String, _ user: String, _ more: JSONObject = [:]) -> [UInt8] {
        var event: JSONObject = ["type": .string(type), "userId": .string(user)]
        for (name, value) in more { event[name] = value }
        return JSONValue.object(event).serialized()
    }

    @Test("In order with its other events, and nobody else's letters", arguments: [true, false])
    func erased(isDeletion: Bool) async throws {
        let text =
            #"{"mappings":[{"action":"createOrUpdateContact"},{"action":"sendEvent"},{"action":"deleteContact","trigger":"type = \"delete\" or (type = \"track\" and event = \"User Deleted\")"}]}"#
        let destination = try Destination(file: "m.json", bytes: Array(text.utf8))
        try await Harness.run { harness in
            harness.bridge.reload(destination)
            let bad: JSONObject = ["traits": ["email": "no address"]]
            try await harness.publish([
                Self.event("identify", "ann", ["traits": ["email": "ann@example.com"]]),
                Self.event("identify", "ann", bad), Self.event("identify", "bo", bad),
                // Ordered by its address alone, and of the same person.
                Array(#"{"type":"track","event":"Seen","properties":{"email":"ann@example.com"}}"#.utf8),
            ])
            await harness.bridge.confirmedEnds.reached(4)
            #expect(try await harness.deadLetters().map { $0["contact"] }.count == 3)
            let address: JSONObject = ["traits": ["email": "ann@example.com"]]
            try await harness.publish([
                isDeletion
                    ? Self.event("delete", "ann", address)
                    : Self.event("track", "ann", ["event": "User Deleted", "traits": ["email": "ann@example.com"]])
            ])
            await harness.bridge.confirmedEnds.reached(5)
            let operations = harness.simulator.effects().filter(\.isPrincipal).map(\.operation)
            #expect(operations.last == .deleteContact && operations.first == .updateContact)
            #expect(try await harness.deadLetters().map { $0["contact"] } == ["bo"])
            #expect(try await harness.pending() == 0)
            let journal = try #require(harness.bridge.journal)
            let found = ["ann", "ann@example.com", "bo"].map {
                journal.search(JournalQuery($0, knowsContacts: true), atMost: 9).count
            }
            #expect(found == [0, 0, 1])
        }
    }

    @Test(
        "It leaves a receipt of its own, also where Loops had no such contact; one that came too late does not"
    )
    func receipt() async throws {
        let text =
            #"{"mappings":[{"action":"createOrUpdateContact"},{"name":"Note","action":"sendEvent","trigger":"type = \"delete\"","mapping":{"email":{"@path":"$.traits.email"},"eventName":"Left"}},{"name":"Erase","action":"deleteContact","maxAge":"1d","whenTooOld":"expire"}]}"#
        let destination = try Destination(file: "m.json", bytes: Array(text.utf8))
        try await Harness.run(change: { $0.receiptsMax = 100 }) { harness in
            harness.bridge.reload(destination)
            let address: JSONObject = ["traits": ["email": "ann@example.com"]]
            let old: JSONObject = ["traits": ["email": "old@example.com"], "timestamp": "2020-01-01T00:00:00Z"]
            try await harness.publish([
                Self.event("identify", "ann", address), Self.event("delete", "ann", address),
                Self.event("delete", "nobody", ["traits": ["email": "nobody@example.com"]]),
                // Its deletion is left out; the other request is sent.
                Self.event("delete", "old", old),
            ])
            await harness.bridge.confirmedEnds.reached(4)
            let receipts = try await harness.client.range("{\(Harness.stream)}:receipts", count: 9)
                .compactMap { Receipt($0.fields ?? []) }.sorted { $0.entry < $1.entry }
            #expect(receipts.map(\.outcome) == ["delivered", "deleted", "deleted", "delivered"])
            let erasures = receipts.map { receipt in receipt.mappings.first { $0.name == "Erase" }?.outcome }
            #expect(erasures == [nil, "deleted", "deleted", "expired"])
            let journal = try #require(harness.bridge.journal)
            let entries = journal.search(JournalQuery("", knowsContacts: true), atMost: 9).sorted { $0.id < $1.id }
            #expect(entries.map(\.outcome) == [.delivered, .deleted, .deleted, .delivered])
            #expect(entries.map(\.contact) == ["deleted", "deleted", "deleted", "old"])
            let counts = harness.bridge.status.ends
            #expect(counts.delivered == 2 && counts.deleted == 2 && counts.total == 4)
            let usage = try #require(harness.bridge.mappings.first { $0.mapping.name == "Erase" }?.usage)
            #expect(usage.deleted == 2 && usage.delivered == 0 && usage.expired == 1)
            let metrics = harness.registry.exposition()
            for series in [
                #"loops_bridge_mapping_events_total{mapping="Erase",outcome="deleted"} 2"#,
                #"loops_bridge_entries_completed_total{outcome="deleted",stream="\#(Harness.stream)"} 2"#,
            ] {
                #expect(metrics.contains(series), "\(series)")
            }
        }
    }

    @Test("A user who may not remove letters keeps them, and the deletion is acknowledged all the same")
    func withoutRight() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    let rule = ["SETUSER", "poor", "on", ">secret", "~*", "&*", "+@all", "-xdel"]
                    _ = try await client.send(RedisCommand("ACL", rule.map { .string($0) }))
                }
                let url = "redis://poor:secret@127.0.0.1:\(redis.port)"
                let configuration = try Harness.configuration(redis: url, loops: "\(ports.baseURL)/v1")
                try await Harness.carry(configuration, redis, simulator) { harness in
                    let text = #"{"mappings":[{"action":"createOrUpdateContact"},{"action":"deleteContact"}]}"#
                    harness.bridge.reload(try Destination(file: "m.json", bytes: Array(text.utf8)))
                    try await harness.publish([
                        Self.event("identify", "ann", ["traits": ["email": "no address"]]), Self.event("delete", "ann"),
                    ])
                    await harness.bridge.confirmedEnds.reached(2)
                    #expect(try await harness.deadLetters().count == 1)
                    #expect(try await harness.pending() == 0)
                }
            }
        }
    }
}
