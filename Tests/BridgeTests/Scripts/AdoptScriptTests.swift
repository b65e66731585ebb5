import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite(
    "adopt.lua: another program's pending entries come into the partitions",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct AdoptScriptTests {
    private func adopt(
        _ session: StreamState,
        after: StreamID = .zero,
        count: Int = 100,
        rule: String = "userId"
    ) async throws -> (moved: Int, gone: Int, next: StreamID?) {
        try await session.adopt(after: after, count: count, rule: rule, entryBytes: 500 * 1024)
    }

    /// A group in which another program has these many entries pending, over several consumers, and a session that opened it.
    private func withForeign(
        _ count: Int,
        _ body: @Sendable @escaping (ScriptFixture, StreamState, [StreamID]) async throws -> Void
    ) async throws {
        try await ScriptFixture.run { fixture in
            let ids = try await fixture.add(contacts: count)
            _ = try await fixture.client.createGroup(fixture.stream, group: ScriptFixture.group)
            for number in 0..<count { try await fixture.readAs(["worker", "p7", "a b"][number % 3], count: 1) }
            try await body(fixture, try await fixture.openSession(), ids)
        }
    }

    @Test("Nothing is routed before it is done; then all are in their contacts' partitions, in order")
    func moves() async throws {
        try await withForeign(20) { fixture, session, ids in
            let new = try await fixture.add(contact: "c0")
            #expect(try await groupFault { _ = try await session.route() } == .adoptFirst(stream: fixture.stream))
            let answer = try await adopt(session)
            #expect(answer == (20, 0, nil))
            var expected: [String: [StreamID]] = [:]
            for (number, id) in ids.enumerated() {
                let partition = try #require(ScriptFixture.partition(of: "c\(number)", partitions: 4))
                expected[PartitionName.of(partition), default: []].append(id)
            }
            #expect(try await fixture.pending() == expected)
            #expect(try await fixture.hash(fixture.keys.state)["adopt"] == nil)
            #expect(try await session.route().entries == 1)
            let own = try #require(ScriptFixture.partition(of: "c0", partitions: 4))
            #expect(
                try await fixture.pending()[PartitionName.of(own)] == (expected[PartitionName.of(own)] ?? []) + [new]
            )
        }
    }

    @Test("It goes on in batches behind the last ID, and is done when a batch is not full")
    func batches() async throws {
        try await withForeign(6) { fixture, session, ids in
            var after: StreamID? = .zero
            var moved: [Int] = []
            var flags: [Bool] = []
            while let cursor = after {
                let answer = try await adopt(session, after: cursor, count: 2)
                moved.append(answer.moved)
                after = answer.next
                flags.append(try await fixture.hash(fixture.keys.state)["adopt"] != nil)
            }
            #expect(moved == [2, 2, 2, 0] && flags == [true, true, true, false])
            #expect(try await Set(fixture.pending().values.joined()) == Set(ids))
        }
    }

    @Test("What was deleted is acknowledged and counted; what is in a partition stays where it is")
    func deleted() async throws {
        try await withForeign(6) { fixture, session, ids in
            _ = try await fixture.client.delete(fixture.stream, ids: [ids[1], ids[4]])
            try await fixture.send(
                "XCLAIM",
                fixture.stream,
                ScriptFixture.group,
                "p03",
                "0",
                ids[0].description,
                ids[1].description
            )
            let answer = try await adopt(session)
            #expect(answer.moved == 3 && answer.gone == 1)
            let pending = try await fixture.pending()
            #expect(pending["p03"]?.contains(ids[0]) == true)
            #expect(!pending.values.joined().contains(ids[4]))
            #expect(pending.keys.allSatisfy { ["p00", "p01", "p02", "p03"].contains($0) })
        }
    }

    @Test("With another rule for the contact key, or without the state, nothing is moved")
    func refused() async throws {
        try await withForeign(3) { fixture, session, _ in
            let before = try await fixture.pending()
            #expect(
                try await groupFault { _ = try await adopt(session, rule: "anonymousId") }
                    == .keyRuleDiffers(stream: fixture.stream, actual: "userId")
            )
            try await fixture.send("DEL", fixture.keys.state)
            #expect(try await groupFault { _ = try await adopt(session) } == .groupLost(stream: fixture.stream))
            #expect(try await fixture.pending() == before)
        }
    }

    @Test("The owner is told; where an entry comes behind later ones, everything is read again in a new incarnation")
    func tellsOwners() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let early = try await fixture.add(contact: "u")
            try await fixture.readAs("another program")
            try await fixture.send("HDEL", fixture.keys.state, "adopt")
            // Its entry is older than one that is routed before anybody looks.
            let late = try await fixture.add(contact: "u")
            try await fixture.send("XCLAIM", fixture.stream, ScriptFixture.group, "p00", "0", late.description, "FORCE")
            try await fixture.send("XGROUP", "SETID", fixture.stream, ScriptFixture.group, late.description)
            try await fixture.send("HSET", fixture.keys.state, "position", late.description)
            #expect(try await adopt(session).moved == 1)
            #expect(try await fixture.pending() == ["p00": [early, late]])
            let refused = try await groupFault { _ = try await session.route() }
            #expect(refused == .incarnationChanged(stream: fixture.stream), "it is read again, as a whole")
            _ = try await session.beatOnce()
            _ = try await session.route()
            let next = try await fixture.add(contact: "u")
            try await fixture.readAs("another program")
            #expect(try await groupFault { _ = try await session.route() } == .adoptFirst(stream: fixture.stream))
            #expect(try await adopt(session).moved == 1)
            let inOrder = try await session.route()
            #expect(!inOrder.readsAgain && inOrder.partitions == [0])
            #expect(try await session.pullIDs([(0, late, 10)]) == [[next]])
        }
    }
}
