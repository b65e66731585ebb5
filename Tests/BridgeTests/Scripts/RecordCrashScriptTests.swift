import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("record_crash.lua: what a dead owner had in hand becomes suspect", .tags(.servers), .timeLimit(.minutes(2)))
struct RecordCrashScriptTests {
    /// A session that owns the only partition, with these many entries of which it has pulled some.
    private func withHand(
        _ count: Int,
        pulled: Int,
        _ body: @Sendable @escaping (ScriptFixture, StreamState, [StreamID]) async throws -> Void
    ) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: count)
            _ = try await session.route(count: count)
            if pulled > 0 { _ = try await session.pullAll(count: pulled) }
            try await body(fixture, session, ids)
        }
    }

    @Test("Each entry that was pulled, not planned and not acknowledged is counted once a death, up to two")
    func counts() async throws {
        try await withHand(5, pulled: 3) { fixture, session, ids in
            _ = try await session.acknowledge([.init(partition: 0, ids: [ids[1]])])
            for expected in ["1", "2", "2"] {
                #expect(try await session.blame([0]) == 2)
                let suspects = try await fixture.hash(fixture.keys.suspects)
                #expect(suspects == [ids[0].description: expected, ids[2].description: expected])
                #expect(try await fixture.hash(fixture.keys.hands).isEmpty, "blamed once")
                #expect(try await session.blame([0]) == 0)
                try await fixture.send("HSET", fixture.keys.hands, "0", "\(ids[0]) \(ids[2])")
            }
        }
    }

    @Test("What was planned is not to blame: it waits for its turn or for Loops", arguments: 0..<3)
    func planned(call: Int) async throws {
        try await withHand(4, pulled: 2) { fixture, session, ids in
            session.planned([0])
            // Whatever is called next tells Redis.
            switch call {
            case 0: _ = try await session.route()
            case 1: _ = try await session.pullIDs([(0, ids[3], 10)])
            default: _ = try await session.beatOnce()
            }
            #expect(try await session.blame([0]) == 0)
            #expect(try await fixture.hash(fixture.keys.suspects).isEmpty)
        }
    }

    @Test("A count that was written ahead is not raised by the coarse one")
    func writtenAhead() async throws {
        try await withHand(2, pulled: 2) { fixture, session, ids in
            try await fixture.send("HSET", fixture.keys.suspects, ids[0].description, "4")
            #expect(try await session.blame([0]) == 2)
            #expect(
                try await fixture.hash(fixture.keys.suspects)
                    == [ids[0].description: "4", ids[1].description: "1"]
            )
        }
    }

    @Test("After a partition was given back nobody is to blame")
    func cleanRelease() async throws {
        try await withHand(2, pulled: 2) { fixture, session, _ in
            try await session.leave()
            let next = try await fixture.openSession(partitions: 1, member: "b")
            #expect(try await next.blame([0]) == 0)
            #expect(try await fixture.hash(fixture.keys.suspects).isEmpty)
        }
    }

    @Test("Only the partition's owner blames")
    func fenced() async throws {
        try await withHand(2, pulled: 2) { fixture, session, _ in
            try await fixture.give(0, to: "b")
            #expect(try await session.blame([0]) == 0)
            #expect(try await fixture.hash(fixture.keys.hands).count == 1, "the owner still can")
        }
    }

    @Test("Of one partition three hundred entries are blamed, the oldest")
    func bounded() async throws {
        try await withHand(330, pulled: 330) { fixture, session, ids in
            #expect(try await session.blame([0]) == 300)
            let suspects = try await fixture.hash(fixture.keys.suspects)
            #expect(Set(suspects.keys) == Set(ids[..<300].map(\.description)))
        }
    }

    @Test("From crash to crash: blamed twice, alone the third time, innocent when it was handled")
    func lifeOfASuspect() async throws {
        try await withHand(2, pulled: 2) { fixture, session, ids in
            _ = try await session.blame([0])
            #expect(try await session.pullAll(allowsQuarantined: true)?.entries.count == 2)
            _ = try await session.blame([0])
            let alone = try #require(try await session.pullAll(allowsQuarantined: true))
            #expect(alone.entries.map(\.id) == [ids[0]] && alone.deaths == 2)
            #expect(try await session.blame([0]) == 1)
            let again = try #require(try await session.pullAll(allowsQuarantined: true))
            #expect(again.deaths == 3, "what was written ahead is the only blame")
            _ = try await session.acknowledge([.init(partition: 0, ids: [ids[0]])])
            #expect(try await fixture.hash(fixture.keys.suspects) == [ids[1].description: "2"])
        }
    }
}
