import RedisStreams
import Segment
import Testing

@testable import Bridge
@testable import Destination
@testable import Operations
@testable import StreamGroups

@Suite(
    "replay.lua and Replayer: letters become entries again, in order, once",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct ReplayTests {
    /// Letters are made of the entries of these contacts, in order.
    private func withLetters(
        _ contacts: [String],
        _ body: @Sendable @escaping (ScriptFixture, StreamState, [StreamID]) async throws -> Void
    ) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            var ids: [StreamID] = []
            for (number, contact) in contacts.enumerated() {
                ids.append(try await fixture.publish(contact, "m\(number)"))
            }
            _ = try await session.route()
            for (id, contact) in zip(ids, contacts) { try await fixture.bury(id, contact: contact, in: session) }
            try await body(fixture, session, ids)
        }
    }

    /// Ready to replay everything.
    private func replayer(_ fixture: ScriptFixture, scan: Int = 1000, limit: Int? = nil) async throws
        -> DeadLetterReplayer
    {
        var replayer = DeadLetterReplayer(boxes: [try fixture.box()], scan: scan)
        for letter in try await fixture.allLetters().reversed() { replayer.add(letter, box: 0) }
        try await replayer.prepare(limit: limit)
        return replayer
    }

    /// As the bridge does with a delivered entry.
    private func finish(_ session: StreamState) async throws {
        _ = try await session.route()
        let ids = try await session.pullAll()?.entries.map(\.id) ?? []
        if !ids.isEmpty { _ = try await session.acknowledge([.init(partition: 0, ids: ids)]) }
    }

    @Test("A letter becomes an entry with its own fields alone, and is gone; a repetition adds nothing")
    func script() async throws {
        try await withLetters(["a"]) { fixture, _, ids in
            let before = try await fixture.client.range(fixture.stream, count: 10)
            let replayer = try await replayer(fixture)
            let item = try #require(replayer.items.first)
            let copy = try #require(try await replayer.replay(item))
            #expect(copy > ids[0])
            #expect(try await replayer.replay(item) == nil)
            let after = try await fixture.client.range(fixture.stream, count: 10)
            #expect(after.map(\.fields) == [before[0].fields, before[0].fields])
            #expect(try await fixture.allLetters().isEmpty)
            #expect(try await fixture.hash(fixture.keys.replayed) == [copy.description: ids[0].description])
            #expect(try await fixture.send("PTTL", fixture.keys.replayed).integer ?? 0 > 0)
        }
    }

    @Test("When the entry cannot be added, the letter stays")
    func refused() async throws {
        try await withLetters(["a"]) { fixture, _, _ in
            let replayer = try await replayer(fixture)
            let item = try #require(replayer.items.first)
            try await fixture.send("DEL", fixture.stream)
            try await fixture.send("SET", fixture.stream, "no stream")
            await #expect(throws: RedisError.self) { try await replayer.replay(item) }
            #expect(try await fixture.allLetters().count == 1)
        }
    }

    @Test("What is no letter, or does not hold the whole entry, is refused by the script itself")
    func incomplete() async throws {
        try await withLetters(["a"]) { fixture, _, ids in
            let foreign = try await fixture.client.add(fixture.keys.deadLetters, fields: [StreamField("a", "b")])
            let cut = try await fixture.client.add(
                fixture.keys.deadLetters,
                fields: DeadLetter.entry(own: (0..<1501).map { StreamField("n\($0)", "v") }).fields ?? []
            )
            let empty = try await fixture.client.add(
                fixture.keys.deadLetters,
                fields: DeadLetter.entry(own: []).fields ?? []
            )
            for id in [foreign, cut, empty] {
                let arguments = [
                    id.description, "\(DeadLetter.fieldNames.count)", "deadAt", ids[0].description, "1500", "100",
                    "1000",
                ]
                await #expect(throws: RedisError.self) {
                    try await fixture.client.run(
                        ReplayScript.source.script,
                        keys: [fixture.keys.deadLetters, fixture.stream, fixture.keys.replayed],
                        arguments: arguments.map { .string($0) }
                    )
                }
            }
            #expect(try await fixture.client.length(fixture.keys.deadLetters) == 4)
            #expect(try await fixture.client.length(fixture.stream) == 1)
        }
    }

    @Test("Replays go in the order of the entries, and a limit takes the oldest")
    func order() async throws {
        try await withLetters(["a", "b", "a", "c"]) { fixture, _, ids in
            let replayer = try await replayer(fixture, limit: 3)
            #expect(replayer.items.map(\.entry) == Array(ids[..<3]))
            #expect(replayer.items.allSatisfy { $0.obstacle == nil }, "other letters are no newer events")
            for item in replayer.items { _ = try await replayer.replay(item) }
            let contacts = try await fixture.client.range(fixture.stream, from: ids[3].next ?? .max, count: 10)
                .map { fixture.view.decoder.decode($0.fields ?? []).contactKey }
            #expect(contacts == ["a", "b", "a"])
        }
    }

    @Test("A copy of an older event does not stand against the replay of the next")
    func copies() async throws {
        try await withLetters(["a", "a"]) { fixture, session, _ in
            let first = try await replayer(fixture, limit: 1)
            for item in first.items { _ = try await first.replay(item) }
            try await finish(session)
            #expect(try await replayer(fixture).items.map(\.obstacle) == [nil])
        }
    }

    @Test("An event that was replayed twice and refused again does not go out behind a newer one that was delivered")
    func copiesOfCopies() async throws {
        try await withLetters(["a", "a"]) { fixture, session, ids in
            for _ in 0..<2 {
                let older = try await replayer(fixture, limit: 1)
                for item in older.items { _ = try await older.replay(item) }
                _ = try await session.route()
                let copy = try #require(try await session.pullAll()?.entries.last)
                try await fixture.bury(copy.id, contact: "a", in: session)
            }
            // The letter of the newer event has the older entry now, and comes last all the same.
            let both = try await replayer(fixture)
            #expect(both.items.count == 2 && both.items[0].entry > ids[1] && both.items[1].entry == ids[1])
            #expect(both.items.allSatisfy { $0.obstacle == nil })
            _ = try await both.replay(both.items[1])
            try await finish(session)
            let again = try await replayer(fixture)
            #expect(again.items.map(\.isOvertaken) == [true])
            #expect(again.items[0].obstacle?.contains("were delivered meanwhile (1)") == true)
        }
    }

    @Test(
        "What could not be remembered as replayed is left alone, with a clear word; the script refuses it by itself too"
    )
    func fullMemory() async throws {
        try await withLetters(["a", "b", "c"]) { fixture, _, _ in
            var replayer = DeadLetterReplayer(boxes: [try fixture.box()], scan: 100, copiesRemembered: 2)
            for letter in try await fixture.allLetters().reversed() { replayer.add(letter, box: 0) }
            try await replayer.prepare()
            #expect(replayer.items.map { $0.obstacle == nil } == [true, true, false])
            #expect(
                replayer.items[2].obstacle?.contains("2 replayed entries") == true && !replayer.items[2].isOvertaken
            )
            for item in replayer.items[..<2] { #expect(try await replayer.replay(item) != nil) }
            let length = try await fixture.client.length(fixture.stream)
            await #expect(throws: RedisError.self) { try await replayer.replay(replayer.items[2]) }
            #expect(try await fixture.client.length(fixture.stream) == length)
            #expect(try await fixture.allLetters().count == 1, "the letter stays")
        }
    }

    @Test("Newer events of the contact hold a letter back: delivered, pending or not yet read")
    func overtaken() async throws {
        try await withLetters(["a", "b"]) { fixture, session, _ in
            _ = try await fixture.publish("a", "later")
            var items = try await replayer(fixture).items
            #expect(items.map(\.isOvertaken) == [true, false])
            #expect(items[0].obstacle?.contains("wait in the stream (1)") == true)
            _ = try await session.route()
            items = try await replayer(fixture).items
            #expect(items[0].obstacle?.contains("wait in the stream (1)") == true)
            try await finish(session)
            items = try await replayer(fixture).items
            #expect(items[0].obstacle?.contains("were delivered meanwhile (1)") == true)
            #expect(items[1].obstacle == nil)
        }
    }

    @Test("An event that no mapping takes counts only when mappings are not asked")
    func ignored() async throws {
        try await withLetters(["a"]) { fixture, session, _ in
            _ = try await fixture.publish("a", "page", type: "page")
            try await finish(session)
            #expect(try await replayer(fixture).items[0].isOvertaken)
            var replayer = DeadLetterReplayer(boxes: [try fixture.box()], scan: 100, destination: .presets)
            for letter in try await fixture.allLetters() { replayer.add(letter, box: 0) }
            try await replayer.prepare()
            #expect(replayer.items[0].obstacle == nil)
        }
    }

    @Test("Past the end of what is known the answer is unknown")
    func unknown() async throws {
        try await withLetters(["a", "b"]) { fixture, _, _ in
            for number in 0..<5 { _ = try await fixture.publish("z", "z\(number)") }
            let limited = try await replayer(fixture, scan: 3).items
            #expect(limited.allSatisfy { $0.obstacle?.contains("last 3 entries") == true })
            _ = try await fixture.client.trim(fixture.stream, maxLength: 4, exactly: true)
            let trimmed = try await replayer(fixture).items
            #expect(trimmed.allSatisfy { $0.isOvertaken && $0.obstacle?.contains("trimmed") == true })
            try await fixture.send("DEL", fixture.stream)
            #expect(try await replayer(fixture).items.allSatisfy(\.isOvertaken))
        }
    }

    @Test("The newest come first, IDs are asked for one by one, and what is no letter is counted")
    func search() async throws {
        try await withLetters(["a", "b", "c"]) { fixture, _, _ in
            _ = try await fixture.client.add(fixture.keys.deadLetters, fields: [StreamField("a", "b")])
            let all = try await fixture.allLetters()
            var search = try fixture.box().search(DeadLetterFilter(), newestFirst: true, now: 0)
            let newest = try await search.next()
            #expect(newest?.map(\.contact) == ["c", "b", "a"] && search.unreadable == 1 && search.looked == 4)
            #expect(try await search.next() == nil)
            var filter = DeadLetterFilter()
            filter.ids = [all[0].id, all[2].id, .sample(1)]
            var byID = try fixture.box().search(filter, newestFirst: false, now: 0)
            var found: [DeadLetter] = []
            while let letters = try await byID.next() { found += letters }
            #expect(found == [all[0], all[2]])
            #expect(try await fixture.box().drop([all[0].id, .sample(1)]) == 1)
        }
    }
}
