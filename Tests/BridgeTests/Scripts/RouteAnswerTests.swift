import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("route.lua: new entries that come with its answer", .tags(.servers), .timeLimit(.minutes(2)))
struct RouteAnswerTests {
    @Test("New entries of a partition that was read to its end come with the answer, as if they had been pulled")
    func givesAtOnce() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            _ = try await fixture.add(contacts: 40)
            let answer = try await session.route(caughtUpPartitions: [0, 2])
            let pending = try await fixture.pending()
            #expect(answer.entries == 40 && answer.partitions.sorted() == [1, 3])
            #expect(answer.given.map(\.partition).sorted() == [0, 2])
            for (partition, entries) in answer.given {
                #expect(entries.map(\.id) == pending[PartitionName.of(partition)])
                #expect(entries.allSatisfy { $0.fields?.first?.name == Array("event".utf8) })
            }
            let hands = try answer.given.map { given in
                (
                    "\(given.partition)",
                    "\(try #require(given.entries.first).id) \(try #require(given.entries.last).id)"
                )
            }
            #expect(try await fixture.hash(fixture.keys.hands) == Dictionary(hands) { $1 })
        }
    }

    @Test("Nothing comes with the answer where others have routed, where others own, and while there are suspects")
    func pullsFirst() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let dirty = fixture.keys.state + ":unfetched:a"
            try await fixture.give(1, to: "b")
            try await fixture.give(2, to: "-")
            try await fixture.send("SADD", dirty, "0")
            _ = try await fixture.add(contacts: 40)
            var answer = try await session.route(caughtUpPartitions: [0, 1, 2, 3])
            #expect(answer.partitions == [0] && answer.given.map(\.partition) == [3])

            try await fixture.send("SADD", dirty, "-1")
            _ = try await fixture.add(contacts: 40)
            answer = try await session.route(caughtUpPartitions: [0, 3], cursors: try await fixture.tails())
            #expect(answer.readsAgain && answer.partitions.sorted() == [0, 3] && answer.given.isEmpty)

            try await fixture.send("HSET", fixture.keys.suspects, "1-1", "1")
            _ = try await fixture.add(contacts: 40)
            answer = try await session.route(caughtUpPartitions: [0, 3], cursors: try await fixture.tails())
            #expect(answer.partitions.sorted() == [0, 3] && answer.given.isEmpty)
            #expect(try await fixture.hash(fixture.keys.hands).keys.sorted() == ["3"])
        }
    }

    @Test("A lease is checked as a whole: one of an earlier epoch gets nothing")
    func givesByLease() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            try await fixture.give(0, to: "a")
            try await fixture.add(contact: "u")
            let answer = try await session.route(caughtUpPartitions: [0])
            #expect(answer.given.isEmpty && answer.partitions == [0])
            #expect(try await fixture.hash(fixture.keys.hands).isEmpty)
        }
    }

    /// How an entry can be routed to a partition without its owner hearing of it.
    enum Unknown: CaseIterable {
        /// The owner was taken for dead, or its marks were evicted or too old.
        case markIsGone
        /// A call of the owner itself whose answer was lost, and that arrived after all had been read again.
        case ownLateCall
        /// The last call of an adoption whose answer was lost.
        case adoption
    }

    @Test("An entry that the owner does not know of is not overtaken: it is pulled", arguments: Unknown.allCases)
    func unknown(_ way: Unknown) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let first = try await fixture.add(contact: "u")
            #expect(try await session.route(caughtUpPartitions: [0]).given.first?.entries.map(\.id) == [first])
            let second = try await fixture.add(contact: "u")
            switch way {
            case .markIsGone:
                let other = fixture.session(partitions: 1, member: "b")
                _ = try await other.beatOnce()
                #expect(try await other.route().entries == 1)
                try await fixture.send("DEL", fixture.keys.state + ":unfetched:a")
            case .ownLateCall: _ = try await session.route(caughtUpPartitions: [0], cursors: [0: first])
            case .adoption:
                try await fixture.readAs("another program")
                _ = try await session.adopt(after: .zero, count: 10, rule: "userId", entryBytes: 1000)
            }
            let third = try await fixture.add(contact: "u")
            let answer = try await session.route(caughtUpPartitions: [0], cursors: [0: first])
            #expect(answer.given.isEmpty && answer.partitions == [0])
            #expect(try await session.pullIDs([(0, first, 10)]) == [[second, third]])
            let fourth = try await fixture.add(contact: "u")
            let next = try await session.route(caughtUpPartitions: [0], cursors: [0: third])
            #expect(next.given.first?.entries.map(\.id) == [fourth], "and then they come with the answer again")
        }
    }

    @Test("Where Redis does not let the bridge claim, nothing is read, so nothing is lost")
    func forbidden() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(contact: "u")
            let state = fixture.keys.state
            // All but `last-routed`.
            let allowed = ["\(fixture.stream)", state, "\(state):[^l]*", "\(state):le*"].map { "~\($0)" }
            for rules in [["-xclaim"], ["resetkeys"] + allowed] {
                for rule in rules { try await fixture.send("ACL", "SETUSER", "default", rule) }
                await #expect(throws: (any Error).self) { _ = try await session.route() }
                try await fixture.send("ACL", "SETUSER", "default", "+xclaim")
            }
            try await fixture.send("ACL", "SETUSER", "default", "allkeys")
            #expect(try await session.route(caughtUpPartitions: [0]).given.first?.entries.map(\.id) == [id])
        }
    }
}
