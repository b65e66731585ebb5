import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Where members' pages are: told with heartbeats, kept in Redis", .tags(.servers), .timeLimit(.minutes(2)))
struct MemberAddressTests {
    private func withGroup(
        _ body: @Sendable @escaping (ScriptFixture, StreamState) async throws -> Void
    ) async throws {
        try await ScriptFixture.run { fixture in
            let session = fixture.session(partitions: 3)
            _ = try await session.open(start: "0", rule: "userId", hadItOpen: false)
            try await body(fixture, session)
        }
    }

    @Test("A member's address is told to all, changes with it and goes with it; what is no address is told to nobody")
    func addresses() async throws {
        try await withGroup { fixture, session in
            let key = fixture.keys.addresses
            var first = Heartbeat(member: "a")
            first.address = PublicAddress("https://ops.example.com/a")
            var view = try await session.group.run(first)
            #expect(view.addresses == ["a": try #require(PublicAddress("https://ops.example.com/a/"))])
            view = try await session.group.run(Heartbeat(member: "b"))
            #expect(view.addresses.keys.sorted() == ["a"])
            try await fixture.send("HSET", key, "b", "javascript:alert(1)", "c", "http://c/\u{22}><script>")
            view = try await session.group.run(Heartbeat(member: "d"))
            #expect(view.addresses.keys.sorted() == ["a"])
            let beat = try #require(view.members["a"])
            // Nobody is removed by who does not know the incarnation.
            var removal = Heartbeat(member: "b", departures: [.init(member: "a", beat: beat)])
            removal.incarnation = view.incarnation
            view = try await session.group.run(removal)
            #expect(view.addresses.isEmpty)
            #expect(try await fixture.hash(key).keys.sorted() == ["c"], "who says nothing any more has none")
            first.address = PublicAddress("http://a:1")
            _ = try await session.group.run(first)
            _ = try await session.group.run(LeaveScript(member: "a", leases: []))
            #expect(try await fixture.hash(key).keys.sorted() == ["c"])
        }
    }

    @Test("Nothing depends on the addresses: another kind of key in their place stops nobody")
    func addressesInTheWay() async throws {
        try await withGroup { fixture, session in
            try await fixture.send("SET", fixture.keys.addresses, "mine")
            var beat = Heartbeat(member: "a")
            beat.address = PublicAddress("http://a:1")
            let view = try await session.group.run(beat)
            #expect(view.members["a"] != nil && view.addresses.isEmpty)
            _ = try await session.group.run(LeaveScript(member: "a", leases: []))
            #expect(try await fixture.send("GET", fixture.keys.addresses).text == "mine")
        }
    }
}
