import RedisStreams
import Testing

@testable import Bridge

@Suite("ack.lua and the fence that all scripts share", .timeLimit(.minutes(2)))
struct AckScriptTests {
    @Test("The answer counts what was still pending; a repetition changes nothing")
    func counts() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            var ids: [StreamID] = []
            for number in 0..<AckQueue.batch { ids.append(try await fixture.add(contact: "c\(number)")) }
            _ = try await session.route(count: AckQueue.batch)
            #expect(try await session.acknowledge([ids[0], ids[1]]) == .integer(2))
            #expect(try await session.acknowledge(ids) == .integer(Int64(AckQueue.batch - 2)))
            #expect(try await session.acknowledge(ids) == .integer(0))
            #expect(try await fixture.pending().isEmpty)
        }
    }

    @Test("After a newer epoch every script refuses, and nothing happens")
    func fenced() async throws {
        try await ScriptFixture.run { fixture in
            let old = try await fixture.openSession()
            let id = try await fixture.add(contact: "a")
            _ = try await old.route()
            let pending = try await fixture.pending()
            try await fixture.add(contact: "b")
            let new = try await fixture.openSession()
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await old.acknowledge([id]) }, { _ = try await old.deadLetter(id) },
                { _ = try await old.route() }, { _ = try await old.pull([(0, .zero, 10)]) },
            ]
            for call in calls {
                let fault = try await groupFault(call)
                #expect(fault == .fenced(stream: ScriptFixture.stream))
                #expect(fault?.isRetriable == false)
            }
            #expect(try await fixture.pending() == pending)
            #expect(try await fixture.letters(old).isEmpty)
            #expect(try await new.acknowledge([id]) == .integer(1))
        }
    }

    @Test("Without its state every script refuses in a way that opening again mends")
    func unopened() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let id = try await fixture.add(contact: "a")
            _ = try await session.route()
            _ = try await fixture.client.send(RedisCommand("DEL", [.string(session.keys.state)]))
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await session.acknowledge([id]) }, { _ = try await session.deadLetter(id) },
                { _ = try await session.route() }, { _ = try await session.pull([(0, .zero, 10)]) },
            ]
            for call in calls {
                let fault = try await groupFault(call)
                #expect(fault == .groupLost(stream: ScriptFixture.stream))
                #expect(fault?.isRetriable == true)
            }
            #expect(try await !session.open(start: "0", instance: "test").isNew)
            #expect(try await session.acknowledge([id]) == .integer(1))
        }
    }

    @Test("A Redis that went back to an older epoch is no rival")
    func olderEpoch() async throws {
        try await ScriptFixture.run { fixture in
            _ = try await fixture.openSession()
            let session = try await fixture.openSession()
            _ = try await fixture.client.send(RedisCommand("HSET", [.string(session.keys.state), "epoch", "1"]))
            #expect(
                try await groupFault { _ = try await session.route() } == .groupLost(stream: ScriptFixture.stream)
            )
        }
    }
}
