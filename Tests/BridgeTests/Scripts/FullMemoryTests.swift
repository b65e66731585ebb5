import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite(
    "A Redis whose memory is full: what is delivered still comes to its end",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct FullMemoryTests {
    @Test("It refuses new events, and every script of the bridge goes on")
    func full() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: 4)
            try await fixture.send("CONFIG", "SET", "maxmemory", "1")
            await #expect(throws: RedisError.self, "Redis is not full") { try await fixture.add(contact: "one more") }

            #expect(try await session.beatOnce().isEmpty)
            #expect(try await session.route().entries == 4)
            #expect(try await session.pullAll()?.entries.map(\.id) == ids)
            #expect(try await session.acknowledge([.init(partition: 0, ids: [ids[0]])]).isEmpty)
            _ = try await session.deadLetter(ids[1], partition: 0, maxLength: 10, fields: ["reason", "refused"])
            #expect(try await fixture.letters().count == 1)
            let limiter = RateLimiter(
                client: fixture.client,
                key: "limiter",
                cap: nil,
                checksLeases: true,
                streams: [session]
            )
            #expect(try await limiter.ask(PermitRequest(count: 1, news: LimiterNews())).count == 1)
            _ = try await session.blame([0])
            try await session.leave()

            // Another replica starts while it is full.
            let next = fixture.session(partitions: 1, member: "b")
            _ = try await next.open(start: "0", rule: "userId", hadItOpen: false)
            for _ in 0..<3 { _ = try await next.beatOnce() }
            #expect(try await next.pullAll()?.entries.map(\.id) == Array(ids[2...]))
        }
    }

    @Test("A letter that cannot be written leaves its entry pending, and says why")
    func deadLetterWriteFailed() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(contact: "u")
            _ = try await session.route()
            try await fixture.send("SET", session.keys.deadLetters, "no stream")
            let fault = try await groupFault {
                _ = try await session.deadLetter(id, partition: 0, maxLength: 10, fields: ["reason", "refused"])
            }
            guard case .deadLetterWriteFailed(_, let why)? = fault else {
                Issue.record("\(String(describing: fault))")
                return
            }
            #expect(why.contains("WRONGTYPE"))
            #expect(try await fixture.pending().values.flatMap(\.self) == [id])
        }
    }
}
