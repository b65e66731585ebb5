import RedisStreams
import Testing

@testable import Bridge

@Suite("open.lua: makes the group, checks the partitions, begins an epoch", .timeLimit(.minutes(2)))
struct OpenScriptTests {
    @Test("A new group begins where it was told, also without a stream")
    func newGroup() async throws {
        try await ScriptFixture.run { fixture in
            let opened = try await fixture.session().open(start: "0", instance: "a")
            #expect(opened.isNew)
            #expect(opened.routed == .zero)
            let info = try #require(try await fixture.client.groupInfos(ScriptFixture.stream).first)
            #expect(info.name == ScriptFixture.group && info.pending == 0)
        }
    }

    @Test("$ begins behind what is there; the answer says where")
    func startAtEnd() async throws {
        try await ScriptFixture.run { fixture in
            let last = try await fixture.add(contact: "a")
            let session = fixture.session()
            let opened = try await session.open(start: "$", instance: "a")
            #expect(opened.isNew && opened.routed == last)
            #expect(try await session.route().entries == 0)
        }
    }

    @Test("A group that is there is kept with what is pending, and every opening raises the epoch")
    func existingGroup() async throws {
        try await ScriptFixture.run { fixture in
            let first = try await fixture.openSession()
            let id = try await fixture.add(contact: "a")
            #expect(try await first.route().entries == 1)
            for epoch in 2...4 {
                let opened = try await fixture.session().open(start: "0", instance: "b\(epoch)")
                #expect(!opened.isNew)
                #expect(opened.routed == id)
                let state = try await fixture.client.send(
                    RedisCommand("HMGET", [.string(first.keys.state), "epoch", "partitions", "instance"])
                )
                #expect(state.array?.map(\.text) == ["\(epoch)", "4", "b\(epoch)"])
            }
            #expect(try await fixture.pending().values.flatMap { $0 } == [id])
        }
    }

    @Test("Another number of partitions is refused, says which it is, and takes nothing over")
    func partitionsDiffer() async throws {
        try await ScriptFixture.run { fixture in
            let owner = try await fixture.openSession(partitions: 4)
            let fault = try await groupFault { _ = try await fixture.openSession(partitions: 8) }
            #expect(fault == .partitionsDiffer(stream: ScriptFixture.stream, configured: 8, actual: 4))
            #expect(fault?.isRetriable == false)
            _ = try await owner.route()
        }
    }

    @Test("A key that holds something else is refused and left as it is")
    func wrongType() async throws {
        try await ScriptFixture.run { fixture in
            _ = try await fixture.client.send(RedisCommand("SET", [.string(ScriptFixture.stream), "x"]))
            let fault = try await groupFault { _ = try await fixture.openSession() }
            #expect(fault == .notAStream(stream: ScriptFixture.stream))
            #expect(fault?.isRetriable == false)
            let value = try await fixture.client.send(RedisCommand("GET", [.string(ScriptFixture.stream)]))
            #expect(value.text == "x")
        }
    }

    @Test("Of several groups on the stream the right one's position is told")
    func otherGroups() async throws {
        try await ScriptFixture.run { fixture in
            try await fixture.add(contact: "a")
            _ = try await fixture.client.createGroup(ScriptFixture.stream, group: "a", start: "$")
            _ = try await fixture.client.createGroup(ScriptFixture.stream, group: "z", start: "$")
            #expect(try await fixture.session().open(start: "0", instance: "a").routed == .zero)
        }
    }
}
