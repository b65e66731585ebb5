import RedisStreams
import Synchronization
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("fetch.lua: reads what waits in partitions", .tags(.servers), .timeLimit(.minutes(2)))
struct FetchScriptTests {
    /// A session that owns the only partition, in which these many entries wait.
    private func withEntries(
        _ count: Int,
        _ body: @Sendable @escaping (ScriptFixture, StreamState, [StreamID]) async throws -> Void
    ) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: count)
            _ = try await session.route(count: count)
            try await body(fixture, session, ids)
        }
    }

    @Test("A partition is read behind a cursor, at most so many at once")
    func cursor() async throws {
        try await withEntries(5) { fixture, session, ids in
            #expect(try await session.pullIDs([(0, .zero, 2)]) == [[ids[0], ids[1]]])
            #expect(try await session.pullIDs([(0, ids[1], 10)]) == [Array(ids[2...])])
            #expect(try await session.pullIDs([(0, ids[4], 10)]) == [[]])
            let first = try #require(try await session.pullAll(count: 1))
            #expect(first.entries.first?.fields == [StreamField("event", #"{"type":"track","userId":"c0"}"#)])
            #expect(first.deaths == 0 && !first.suspectWaits)
        }
    }

    @Test("Several partitions come in the order in which they were asked; of those of others nothing is told")
    func severalPartitions() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 4)
            for number in 0..<40 { try await fixture.add(contact: "contact-\(number)") }
            _ = try await session.route()
            let pending = try await fixture.pending()
            try await fixture.give(3, to: "b")
            try await fixture.send("HSET", fixture.keys.leases, "1", "1 -")
            let lists = try await session.pullIDs([2, 3, 0, 1, 900].map { ($0, .zero, 100) })
            #expect(lists == [pending["p02"] ?? [], nil, pending["p00"] ?? [], nil, nil])
            #expect(try await Set(fixture.hash(fixture.keys.hands).keys) == ["0", "2"])
        }
    }

    @Test("What is acknowledged does not come again; what is not does")
    func acknowledged() async throws {
        try await withEntries(3) { fixture, session, ids in
            _ = try await session.acknowledge([.init(partition: 0, ids: [ids[1]])])
            #expect(try await session.pullIDs([(0, .zero, 10)]) == [[ids[0], ids[2]]])
        }
    }

    @Test("An entry that was trimmed or deleted while it was pending has no fields and keeps its place")
    func trimmed() async throws {
        try await withEntries(4) { fixture, session, ids in
            _ = try await fixture.client.delete(fixture.stream, ids: [ids[2]])
            _ = try await fixture.client.trim(fixture.stream, below: ids[1], exactly: true)
            let entries = try #require(try await session.pullAll()).entries
            #expect(entries.map(\.id) == ids)
            #expect(entries.map { $0.fields == nil } == [true, false, true, false])
        }
    }

    @Test("What the owner has read last is kept until it says that it is planned")
    func hands() async throws {
        try await withEntries(4) { fixture, session, ids in
            for (after, count, first, last) in [(StreamID.zero, 2, 0, 1), (.zero, 1, 0, 0), (ids[1], 2, 2, 3)] {
                _ = try await session.pullIDs([(0, after, count)])
                #expect(try await fixture.hash(fixture.keys.hands) == ["0": "\(ids[first]) \(ids[last])"])
            }
            _ = try await session.pullIDs([(0, ids[3], 10)])
            #expect(try await fixture.hash(fixture.keys.hands) == ["0": "\(ids[2]) \(ids[3])"], "nothing was read")
            session.planned([0])
            _ = try await session.pullIDs([(0, ids[3], 10)])
            #expect(try await fixture.hash(fixture.keys.hands).isEmpty)
        }
    }

    @Test("IDs are compared as numbers")
    func handsAreNumbers() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = ["9-9", "9-10", "10-2", "1700000000000-0"].compactMap { StreamID($0) }
            for id in ids {
                _ = try await fixture.client.add(fixture.stream, fields: [StreamField("a", "1")], id: id)
            }
            _ = try await session.route()
            for count in 1...4 {
                _ = try await session.pullAll(count: count)
                #expect(try await fixture.hash(fixture.keys.hands) == ["0": "\(ids[0]) \(ids[count - 1])"])
            }
        }
    }

    // MARK: Suspects

    @Test("Entries come up to a suspect, which waits until nothing else of its partition is in hand")
    func truncatedBeforeSuspect() async throws {
        try await withEntries(4) { fixture, session, ids in
            try await fixture.send("HSET", fixture.keys.suspects, ids[1].description, "1", ids[2].description, "2")
            for may in [true, false] {
                let pulled = try #require(try await session.pullAll(allowsQuarantined: may))
                #expect(pulled.entries.map(\.id) == [ids[0], ids[1]])
                #expect(pulled.deaths == 0 && pulled.suspectWaits, "one death alone proves nothing")
            }
            #expect(try await fixture.hash(fixture.keys.hands) == ["0": "\(ids[0]) \(ids[1])"])
            let refused = try #require(
                try await session.pull([.init(partition: 0, after: ids[1], count: 10, allowsQuarantined: false)]).first
                    ?? nil
            )
            #expect(refused.entries.isEmpty && refused.suspectWaits)
            #expect(try await fixture.hash(fixture.keys.suspects)[ids[2].description] == "2")
        }
    }

    @Test("A suspect is given out alone, and the next death is written down before")
    func suspectAlone() async throws {
        try await withEntries(3) { fixture, session, ids in
            try await fixture.send("HSET", fixture.keys.suspects, ids[0].description, "2")
            for deaths in [2, 3] {
                let pulled = try #require(try await session.pullAll(allowsQuarantined: true))
                #expect(pulled.entries.map(\.id) == [ids[0]])
                #expect(pulled.deaths == deaths && !pulled.suspectWaits)
                #expect(try await fixture.hash(fixture.keys.suspects) == [ids[0].description: String(deaths + 1)])
            }
            #expect(try await fixture.hash(fixture.keys.hands) == ["0": "\(ids[0]) \(ids[0])"])
            session.consumer.withLock { $0.fetchPlanner.open(0, tenure: 1) }
            _ = session.accept(ids[0], partition: 0, bytes: 1, isSuspect: true)
            session.survived(ids[0])
            try await session.clearCrashCounts()
            #expect(try await fixture.hash(fixture.keys.suspects) == [ids[0].description: "3"], "it was innocent once")
        }
    }

    @Test("One call gives out one suspect, however many may")
    func oneSuspectInACall() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 4)
            _ = try await fixture.add(contacts: 40)
            _ = try await session.route()
            let firsts = try await fixture.pending().values.compactMap(\.first)
            for id in firsts { try await fixture.send("HSET", fixture.keys.suspects, id.description, "2") }
            #expect(firsts.count == 4)
            let pulls = (0..<4).map {
                FetchPlanner.Fetch(partition: $0, after: .zero, count: 10, allowsQuarantined: true)
            }
            let pulled = try await session.pull(pulls).compactMap { $0 }
            #expect(pulled.map(\.entries.count) == [1, 0, 0, 0])
            #expect(pulled.map(\.suspectWaits) == [false, true, true, true])
            #expect(try await fixture.hash(fixture.keys.suspects).values.sorted() == ["2", "2", "2", "3"])
        }
    }

    @Test("A call ends when it has enough, in the middle of a partition")
    func enough() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 4)
            _ = try await fixture.add(contacts: 80)
            _ = try await session.route()
            let waiting = try await fixture.pending().mapValues(\.count)
            let (first, second) = (waiting["p00"] ?? 0, waiting["p01"] ?? 0)
            #expect(first > 1 && second > 1)
            let pulls = (0..<4).map { FetchPlanner.Fetch(partition: $0, after: .zero, count: 80) }
            let counts = try await session.pull(pulls, most: first + 1).map { $0?.entries.count }
            #expect(counts == [first, 1])
            let all = try await session.pull(pulls).map { $0?.entries.count }
            #expect(all.compactMap(\.self).reduce(0, +) == 80)
        }
    }
}
