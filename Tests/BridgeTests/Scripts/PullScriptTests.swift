import RedisStreams
import Testing

@testable import Bridge

@Suite("pull.lua: reads what waits in partitions", .timeLimit(.minutes(2)))
struct PullScriptTests {
    @Test("A partition is read behind a cursor, at most so many at once")
    func cursor() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            var ids: [StreamID] = []
            for _ in 0..<5 { ids.append(try await fixture.add(contact: "a")) }
            _ = try await session.route()
            #expect(try await session.pull([(0, .zero, 2)]).map { $0.map(\.id) } == [[ids[0], ids[1]]])
            #expect(try await session.pull([(0, ids[1], 10)]).map { $0.map(\.id) } == [Array(ids[2...])])
            #expect(try await session.pull([(0, ids[4], 10)]) == [[]])
            let fields = try await session.pull([(0, .zero, 1)]).first?.first?.fields
            #expect(fields == [StreamField("event", #"{"type":"track","userId":"a"}"#)])
        }
    }

    @Test("Several partitions come in the order in which they were asked, one that nobody used is empty")
    func severalPartitions() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 4)
            for number in 0..<40 { try await fixture.add(contact: "contact-\(number)") }
            _ = try await session.route()
            let pending = try await fixture.pending()
            let order = [2, 0, 3, 1, 900]
            let lists = try await session.pull(order.map { ($0, .zero, 100) })
            #expect(lists.map { $0.map(\.id) } == order.map { pending[PartitionName.of($0)] ?? [] })
        }
    }

    @Test("What is acknowledged does not come again; what is not does")
    func acknowledged() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            var ids: [StreamID] = []
            for _ in 0..<3 { ids.append(try await fixture.add(contact: "a")) }
            _ = try await session.route()
            _ = try await session.acknowledge([ids[1]])
            #expect(try await session.pull([(0, .zero, 10)]).map { $0.map(\.id) } == [[ids[0], ids[2]]])
        }
    }

    @Test("An entry that was trimmed or deleted while it was pending has no fields and keeps its place")
    func trimmed() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            var ids: [StreamID] = []
            for _ in 0..<4 { ids.append(try await fixture.add(contact: "a")) }
            _ = try await session.route()
            _ = try await fixture.client.delete(ScriptFixture.stream, ids: [ids[2]])
            _ = try await fixture.client.trim(ScriptFixture.stream, below: ids[1], exactly: true)
            let entries = try #require(try await session.pull([(0, .zero, 10)]).first)
            #expect(entries.map(\.id) == ids)
            #expect(entries.map { $0.fields == nil } == [true, false, true, false])
        }
    }
}
