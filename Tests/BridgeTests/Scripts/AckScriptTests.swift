import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("ack.lua and the fence that the owner's scripts share", .tags(.servers), .timeLimit(.minutes(2)))
struct AckScriptTests {
    @Test("The answer counts what was still pending; a repetition changes nothing")
    func counts() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: AckQueue.batch)
            _ = try await session.route(count: AckQueue.batch)
            let all = EndedEntries(partition: 0, ids: ids)
            let two = EndedEntries(partition: 0, ids: [ids[0], ids[1]])
            #expect(try await session.acknowledgeCounts([two]) == [2])
            #expect(try await session.acknowledgeCounts([all]) == [Int64(AckQueue.batch - 2)])
            #expect(try await session.acknowledgeCounts([all]) == [0])
            #expect(try await fixture.pending().isEmpty)
        }
    }

    @Test("One call acknowledges for several partitions; those of another owner are refused, the others are not")
    func mixedPartitions() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            _ = try await fixture.add(contacts: 40)
            _ = try await session.route()
            let before = try await fixture.pending()
            for consumer in before.keys {
                let id = try #require(before[consumer]?.first?.description)
                try await fixture.send("HSET", fixture.keys.suspects, id, "1")
            }
            try await fixture.give(1, to: "b")
            try await fixture.give(3, to: "-")
            let portions = [1, 0, 3, 2].map {
                EndedEntries(partition: $0, ids: before[PartitionName.of($0)] ?? [])
            }
            #expect(portions.allSatisfy { !$0.ids.isEmpty })
            #expect(try await session.acknowledge(portions) == [1, 3])
            let after = try await fixture.pending()
            #expect(after == before.filter { ["p01", "p03"].contains($0.key) })
            #expect(
                try await Set(fixture.hash(fixture.keys.suspects).keys)
                    == Set(after.values.compactMap(\.first?.description)),
                "what ended is no suspect any more"
            )
        }
    }

    @Test("Whoever lost a partition changes nothing of it by any script")
    func fenced() async throws {
        try await ScriptFixture.run { fixture in
            let old = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(contact: "a")
            _ = try await old.route()
            _ = try await old.pullAll()
            for lease in ["2 b", "2 a", "1 -"] {
                try await fixture.send("HSET", fixture.keys.leases, "0", lease)
                let hands = try await fixture.hash(fixture.keys.hands)
                #expect(try await old.acknowledge([.init(partition: 0, ids: [id])]) == [0])
                #expect(
                    try await groupFault {
                        _ = try await old.deadLetter(id, partition: 0, maxLength: 10, fields: ["reason", "x"])
                    } == .fenced(stream: fixture.stream)
                )
                #expect(try await old.pullAll() == nil)
                #expect(try await old.blame([0]) == 0)
                #expect(try await fixture.hash(fixture.keys.hands) == hands)
                try await old.leave()
                #expect(try await fixture.hash(fixture.keys.leases) == ["0": lease])
            }
            #expect(try await fixture.pending() == ["p00": [id]])
            #expect(try await fixture.letters().isEmpty)
            #expect(try await fixture.hash(fixture.keys.suspects).isEmpty)
        }
    }

    @Test("Without its state a group's scripts refuse in a way that opening again mends")
    func unopened() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(contact: "a")
            _ = try await session.route()
            try await fixture.send("DEL", fixture.keys.state)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await session.beat(Heartbeat(member: "a")) }, { _ = try await session.route() },
                { _ = try await session.adopt(after: .zero, count: 1, rule: "userId", entryBytes: 100) },
            ]
            for call in calls {
                let fault = try await groupFault(call)
                #expect(fault == .groupLost(stream: fixture.stream))
                #expect(fault?.isRetryable == true)
            }
            #expect(try await !session.open(start: "0", rule: "userId", hadItOpen: true).isNew)
            _ = try await session.beatOnce()
            #expect(try await session.acknowledgeCounts([.init(partition: 0, ids: [id])]) == [1])
        }
    }

    @Test("A group that was destroyed is lost for those who read, acknowledge and bury")
    func groupDestroyed() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let id = try await fixture.add(contact: "a")
            try await fixture.send("XGROUP", "DESTROY", fixture.stream, ScriptFixture.group)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await session.route() }, { _ = try await session.pullAll() },
                { _ = try await session.deadLetter(id, partition: 0, maxLength: 10, fields: ["reason", "x"]) },
            ]
            for call in calls { #expect(try await groupFault(call) == .groupLost(stream: fixture.stream)) }
        }
    }
}
