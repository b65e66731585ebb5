import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("dead_letter.lua: moves an entry and acknowledges it in one step", .tags(.servers), .timeLimit(.minutes(2)))
struct DeadLetterScriptTests {
    /// A session with one routed entry.
    private func withEntry(
        _ fields: [StreamField],
        _ body: @Sendable @escaping (ScriptFixture, StreamState, StreamID) async throws -> Void
    ) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(fields)
            _ = try await session.route()
            try await body(fixture, session, id)
        }
    }

    @Test("First why, then the entry's own fields in their order, doubles and bytes included; then it is acknowledged")
    func fields() async throws {
        let own = [
            StreamField("b", "1"), StreamField("a", "2"), StreamField("b", "3"), StreamField("reason", "own"),
            StreamField(name: [0xFF, 0], value: [0, 0xFE]),
        ]
        try await withEntry(own) { fixture, session, id in
            let answer = try await session.bury(id, why: [("reason", "refused"), ("detail", "why ü")])
            let letters = try await fixture.letters()
            #expect(letters == [[StreamField("reason", "refused"), StreamField("detail", "why ü")] + own])
            let letterID = try await fixture.client.range(fixture.keys.deadLetters, count: 1).first?.id
            #expect(answer.array?.first.flatMap { StreamID($0) } == letterID && letterID != nil)
            #expect(try await fixture.pending().isEmpty)
            #expect(try await fixture.client.length(fixture.stream) == 1, "the stream itself is not touched")
        }
    }

    @Test("A repetition after a lost answer changes nothing")
    func repeated() async throws {
        try await withEntry([StreamField("a", "1")]) { fixture, session, id in
            try await session.bury(id)
            #expect(try await session.bury(id) == .null)
            #expect(try await fixture.letters().count == 1)
        }
    }

    @Test("An entry that was acknowledged or never handed out is not moved")
    func notPending() async throws {
        try await withEntry([StreamField("a", "1")]) { fixture, session, id in
            let new = try await fixture.add(contact: "a")
            _ = try await session.acknowledge([.init(partition: 0, ids: [id])])
            #expect(try await session.bury(id) == .null)
            #expect(try await session.bury(new) == .null)
            #expect(try await fixture.letters().isEmpty)
        }
    }

    @Test("A trimmed entry leaves a letter that says why, and is acknowledged")
    func trimmed() async throws {
        try await withEntry([StreamField("a", "1")]) { fixture, session, id in
            _ = try await fixture.client.delete(fixture.stream, ids: [id])
            try await session.bury(id)
            #expect(try await fixture.letters() == [[StreamField("reason", "refused")]])
            #expect(try await fixture.pending().isEmpty)
        }
    }

    @Test("Another owner's entry is not moved, and stays a suspect; once it is moved it is none")
    func fenced() async throws {
        try await withEntry([StreamField("a", "1")]) { fixture, session, id in
            try await fixture.send("HSET", fixture.keys.suspects, id.description, "4")
            let lease = try #require(try await fixture.hash(fixture.keys.leases)["0"])
            try await fixture.give(0, to: "b")
            let error = await #expect(throws: RedisError.self) { try await session.bury(id) }
            guard case .server(let fault)? = error?.reason else {
                Issue.record("\(error?.description ?? "no error")")
                return
            }
            #expect(fault.code == "FENCED" && fault.message == "0")
            #expect(try await fixture.letters().isEmpty)
            #expect(try await fixture.pending() == ["p00": [id]])
            #expect(try await fixture.hash(fixture.keys.suspects) == [id.description: "4"])
            try await fixture.send("HSET", fixture.keys.leases, "0", lease)
            try await session.bury(id)
            #expect(try await fixture.hash(fixture.keys.suspects).isEmpty)
        }
    }

    @Test("When the letter cannot be written, the entry stays pending: nothing is lost")
    func letterRefused() async throws {
        try await withEntry([StreamField("a", "1")]) { fixture, session, id in
            try await fixture.send("SET", fixture.keys.deadLetters, "not a stream")
            let error = await #expect(throws: RedisError.self) { try await session.bury(id) }
            #expect(error?.description.contains(fixture.keys.deadLetters) == true, "it says which key is wrong")
            #expect(try await fixture.pending().values.joined().contains(id))
            try await fixture.send("DEL", fixture.keys.deadLetters)
            try await session.bury(id)
            #expect(try await fixture.letters().count == 1)
            #expect(try await fixture.pending().isEmpty)
        }
    }

    @Test("The dead-letter stream is trimmed roughly to its length, the oldest first")
    func maxLength() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            try await fixture.send("CONFIG", "SET", "stream-node-max-entries", "10")
            for number in 0..<60 { try await fixture.add([StreamField("n", "\(number)")]) }
            _ = try await session.route()
            var dropped: Int64 = 0
            for id in try await fixture.pending().values.joined().sorted() {
                let answer = try await session.bury(id, maxLength: 20)
                dropped += answer.array?[1].integer ?? 0
            }
            let letters = try await fixture.letters()
            #expect((20...30).contains(letters.count))
            #expect(dropped == 60 - Int64(letters.count), "what is pushed out is told")
            #expect(letters.last?.last == StreamField("n", "59"))
        }
    }
}
