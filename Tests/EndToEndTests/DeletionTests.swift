import DevKit
import JSON
import LoopsSimulator
import RedisStreams
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
