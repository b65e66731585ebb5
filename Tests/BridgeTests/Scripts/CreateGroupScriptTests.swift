import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite(
    "create_group.lua: makes the group and its state, and checks that both fit",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct CreateGroupScriptTests {
    private func open(
        _ session: StreamState,
        start: String = "0",
        rule: String = "userId",
        hadItOpen: Bool = false
    ) async throws -> OpenedGroup {
        try await session.open(start: start, rule: rule, hadItOpen: hadItOpen)
    }

    @Test("A new group begins where it was told, also without a stream")
    func newGroup() async throws {
        try await ScriptFixture.run { fixture in
            let opened = try await open(fixture.session())
            #expect(opened.isNew)
            #expect(opened.routed == .zero)
            let info = try #require(try await fixture.client.groupInfos(fixture.stream).first)
            #expect(info.name == ScriptFixture.group && info.pending == 0)
            let state = try await fixture.hash(fixture.keys.state)
            #expect(state["partitions"] == "4" && state["rule"] == "userId")
            #expect(
                state["incarnation"]?.count ?? 0 > 40 && state["stable-incarnation"] == state["incarnation"],
                "nobody can hold anything yet"
            )
        }
    }

    @Test("$ begins behind what is there; the answer says where")
    func startAtEnd() async throws {
        try await ScriptFixture.run { fixture in
            let last = try await fixture.add(contact: "a")
            let session = fixture.session()
            let opened = try await open(session, start: "$")
            #expect(opened.isNew && opened.routed == last)
            #expect(try await session.route().entries == 0)
        }
    }

    @Test("When the group is made anew, all read everything again, and nothing that was read before counts")
    func madeAnew() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(contact: "u")
            #expect(try await session.route(caughtUpPartitions: [0]).given.count == 1)
            _ = try await session.acknowledge([.init(partition: 0, ids: [id])])
            try await fixture.send("XGROUP", "DESTROY", fixture.stream, ScriptFixture.group)
            _ = try await open(fixture.session(partitions: 1, member: "b"), hadItOpen: true)
            #expect(try await fixture.tails().isEmpty)
            #expect(try await fixture.ring("a") == "leases")
            _ = try await session.beatOnce()
            session.routed(to: .zero)
            let answer = try await session.route(caughtUpPartitions: [0], cursors: [0: id])
            #expect(answer.readsAgain && answer.given.isEmpty && answer.entries == 1)
        }
    }

    @Test("A group that is there is kept, with what is pending and what is owned")
    func existingGroup() async throws {
        try await ScriptFixture.run { fixture in
            let first = try await fixture.openSession()
            let id = try await fixture.add(contact: "a")
            #expect(try await first.route().entries == 1)
            let leases = try await fixture.hash(fixture.keys.leases)
            let state = try await fixture.hash(fixture.keys.state)
            for _ in 2...4 {
                let opened = try await open(fixture.session(member: "b"), start: "$")
                #expect(!opened.isNew)
                #expect(opened.routed == id)
            }
            #expect(try await fixture.hash(fixture.keys.leases) == leases && leases.count == 4)
            #expect(try await fixture.hash(fixture.keys.state) == state)
            #expect(try await fixture.pending().values.flatMap { $0 } == [id])
        }
    }

    @Test("Another number of partitions is refused, says which it is, and takes nothing over")
    func partitionsDiffer() async throws {
        try await ScriptFixture.run { fixture in
            let owner = try await fixture.openSession(partitions: 4)
            let fault = try await groupFault { _ = try await fixture.openSession(partitions: 8) }
            #expect(fault == .partitionsDiffer(stream: fixture.stream, configured: 8, actual: 4))
            #expect(fault?.isRetryable == false)
            _ = try await owner.route()
        }
    }

    @Test("Another rule for the contact key is refused while entries of the old one are pending")
    func keyRule() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1, paths: ["userId", "traits.email"])
            let id = try await fixture.add(contact: "a")
            _ = try await session.route(paths: ["userId", "traits.email"])
            let other = fixture.session(partitions: 1, member: "b")
            let fault = try await groupFault { _ = try await open(other, rule: "anonymousId") }
            #expect(fault == .keyRuleDiffers(stream: fixture.stream, actual: "userId, traits.email"))
            #expect(fault?.isRetryable == false)
            #expect(try await fixture.hash(fixture.keys.state)["rule"] == "userId\ntraits.email")
            _ = try await session.acknowledge([.init(partition: 0, ids: [id])])
            _ = try await open(other, rule: "anonymousId")
            #expect(try await fixture.hash(fixture.keys.state)["rule"] == "anonymousId")
            #expect(
                try await groupFault { _ = try await session.route(paths: ["userId", "traits.email"]) }
                    == .keyRuleDiffers(stream: fixture.stream, actual: "anonymousId"),
                "who still has the old one routes no further"
            )
        }
    }

    @Test("A group that was destroyed is made again, and everything else of it stays")
    func destroyed() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            _ = try await fixture.add(contacts: 3)
            _ = try await session.route(count: 2)
            try await fixture.send("XGROUP", "DESTROY", fixture.stream, ScriptFixture.group)
            let leases = try await fixture.hash(fixture.keys.leases)
            let before = try await fixture.hash(fixture.keys.state)["incarnation"]
            let opened = try await open(session, hadItOpen: true)
            #expect(opened.isNew && opened.routed == .zero)
            #expect(try await fixture.hash(fixture.keys.leases) == leases)
            let after = try await fixture.hash(fixture.keys.state)
            #expect(after["incarnation"] != before, "what was read of the group before says nothing of this one")
            #expect(after["stable-incarnation"] == after["incarnation"], "the leases are as they were")
            let refused = try await groupFault { _ = try await session.route() }
            #expect(refused == .incarnationChanged(stream: fixture.stream))
            _ = try await session.beatOnce()
            session.routed(to: opened.routed)
            #expect(try await session.route().entries == 3)
            #expect(try await session.route().lost == 0, "what is counted begins anew")
        }
    }

    @Test("A lost state is made again; partitions are free at once only if the caller never had the group open")
    func stateLost() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let before = try await fixture.hash(fixture.keys.state)
            try await fixture.send("DEL", fixture.keys.state, fixture.keys.leases, fixture.keys.members)
            #expect(try await !open(session, hadItOpen: true).isNew)
            let after = try await fixture.hash(fixture.keys.state)
            #expect(after["stable-incarnation"] == nil)
            let (old, new) = (try #require(before["incarnations"]), try #require(after["incarnations"]))
            #expect(try #require(Int64(old)) < #require(Int64(new)), "no incarnation comes twice")
            let claim = Heartbeat.Claim(partition: 0, seen: "", beat: nil)
            let view = try await session.beat(Heartbeat(member: "a", claims: [claim]))
            #expect(!view.isStable && view.leases.isEmpty)

            try await fixture.send("FLUSHALL")
            #expect(try await open(fixture.session(), hadItOpen: false).isNew)
            let fresh = try await fixture.hash(fixture.keys.state)
            #expect(fresh["stable-incarnation"] == fresh["incarnation"])
        }
    }

    @Test("Another program's pending entries ask for adoption; the partitions' own do not")
    func foreignConsumers() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            _ = try await fixture.add(contacts: 3)
            _ = try await session.route(count: 2)
            _ = try await open(session)
            #expect(try await fixture.hash(fixture.keys.state)["adopt"] == nil)
            for foreign in ["worker-1", "p99", "p1", "p-1"] {
                try await fixture.add(contact: "x")
                try await fixture.readAs(foreign)
                try await fixture.send("HDEL", fixture.keys.state, "adopt")
                _ = try await open(session)
                #expect(try await fixture.hash(fixture.keys.state)["adopt"] == "1", "\(foreign)")
            }
        }
    }

    @Test("A key that holds something else is refused and left as it is")
    func wrongType() async throws {
        try await ScriptFixture.run { fixture in
            try await fixture.send("SET", fixture.stream, "x")
            let fault = try await groupFault { _ = try await fixture.openSession() }
            #expect(fault == .wrongType(key: fixture.stream, expected: "stream", actual: "string"))
            #expect(fault?.isRetryable == false)
            #expect(try await fixture.send("GET", fixture.stream).text == "x")
        }
    }

    @Test("Of several groups on the stream the right one's position is told")
    func otherGroups() async throws {
        try await ScriptFixture.run { fixture in
            try await fixture.add(contact: "a")
            _ = try await fixture.client.createGroup(fixture.stream, group: "a", start: "$")
            _ = try await fixture.client.createGroup(fixture.stream, group: "z", start: "$")
            #expect(try await open(fixture.session()).routed == .zero)
        }
    }
}
