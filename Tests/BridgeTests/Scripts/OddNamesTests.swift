import RedisStreams
import Synchronization
import Testing

@testable import Bridge

@Suite("Scripts under odd names", .tags(.servers), .timeLimit(.minutes(2)))
struct OddNamesTests {
    @Test(
        "Streams with a hash tag or odd characters and members with spaces and slashes go all the way",
        arguments: ["{tag}events", "a{b}c:d", "ü \"x\"\n%d {", "a}b", "*"]
    )
    func allTheWay(stream: String) async throws {
        try await ScriptFixture.run(stream: stream) { fixture in
            let first = try await fixture.openSession(partitions: 2, member: "host a/b c %d/- 1")
            let second = fixture.session(partitions: 2, member: "é {x}/9 - \"q\"")
            _ = try await second.open(start: "0", rule: "userId", hadItOpen: false)
            #expect(try await second.beatOnce().isEmpty)
            #expect(try await first.beatOnce() == [.draining(partition: 1)])
            first.consumer.withLock { $0.assignment.drained(1) }
            #expect(try await first.beatOnce() == [.released(partition: 1)])
            for _ in 0..<2 { _ = try await second.beatOnce() }
            #expect(second.lease(of: 1) == "2 \(second.member)")
            #expect(try await fixture.ring(first.member) == "leases")

            _ = try await fixture.add(contacts: 20)
            #expect(try await first.route().partitions == [0])
            #expect(try await second.route().partitions == [1])
            #expect(try await fixture.ring(second.member) == "routed")
            #expect(try await first.pullAll(1) == nil)
            let ids = try #require(try await second.pullAll(1)).entries.map(\.id)
            #expect(try await second.acknowledge([.init(partition: 1, ids: [ids[0]])]).isEmpty)
            _ = try await second.deadLetter(ids[1], partition: 1, maxLength: 10, fields: ["reason", "x"])
            #expect(try await fixture.letters().count == 1)
            try await second.leave()
            for _ in 0..<2 { _ = try await first.beatOnce() }
            #expect(first.lease(of: 1) == "3 \(first.member)")
            #expect(try await first.blame([1]) == 0)
            #expect(try await first.pullAll(1)?.entries.map(\.id) == Array(ids[2...]))
        }
    }
}
