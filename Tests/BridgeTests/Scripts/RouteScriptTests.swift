import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("route.lua: hands new entries to the partitions of their contacts", .tags(.servers), .timeLimit(.minutes(2)))
struct RouteScriptTests {
    @Test("Entries land in their contact's partition, in order, and none stays with the reading consumer")
    func routes() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            var expected: [String: [StreamID]] = [:]
            for number in 0..<60 {
                let contact = "contact-\(number % 13)"
                let id = try await fixture.add(contact: contact)
                let partition = try #require(ScriptFixture.partition(of: contact, partitions: 4))
                expected[PartitionName.of(partition), default: []].append(id)
            }
            let answer = try await session.route()
            #expect(answer.entries == 60 && !answer.isFull)
            #expect(answer.last == expected.values.joined().max())
            #expect(Set(answer.partitions.map(PartitionName.of)) == Set(expected.keys))
            #expect(answer.partitions.count == expected.count, "a partition is named once")
            #expect(try await fixture.pending() == expected)
            let summary = try await fixture.client.pendingSummary(fixture.stream, group: ScriptFixture.group)
            #expect((summary.consumers[PartitionName.router] ?? 0) == 0)
        }
    }

    @Test("At most `count` entries are taken, in the order of the stream; an empty stream gives nothing")
    func count() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            #expect(try await session.route().last == .zero)
            var ids: [StreamID] = []
            for number in 0..<7 { ids.append(try await fixture.add(contact: "c\(number)")) }
            var taken: [Int] = []
            var last: [StreamID?] = []
            for _ in 0..<4 {
                let answer = try await session.route(count: 3)
                taken.append(answer.entries)
                last.append(answer.last)
            }
            #expect(taken == [3, 3, 1, 0])
            #expect(last == [ids[2], ids[5], ids[6], ids[6]])
        }
    }

    @Test("A replica that comes too late is told how far others have routed, so that it sleeps behind that")
    func routedByOthers() async throws {
        try await ScriptFixture.run { fixture in
            let first = try await fixture.openSession()
            let second = fixture.session(member: "b")
            _ = try await second.beatOnce()
            let id = try await fixture.add(contact: "u")
            #expect(try await first.route().last == id)
            let late = try await second.route()
            #expect(late.entries == 0 && late.last == id)
        }
    }

    @Test("The largest call that the settings allow fits Lua's limits")
    func manyEntriesOfOneContact() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let commands = (0..<1000).map { _ in
                RedisCommand("XADD", [.string(fixture.stream), "*", "event", #"{"type":"x","userId":"u"}"#])
            }
            _ = try await fixture.client.pipeline(commands)
            #expect(try await session.route(count: 1000).entries == 1000)
            #expect(try await fixture.pending().values.map(\.count) == [1000])
        }
    }

    @Test("A full window routes nothing, and room lets it go on")
    func window() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            for number in 0..<5 { try await fixture.add(contact: "c\(number)") }
            #expect(try await session.route(count: 3, window: 3).entries == 3)
            let full = try await session.route(count: 3, window: 3)
            #expect(full.isFull && full.entries == 0 && full.last == nil && full.partitions.isEmpty)
            let first = try #require(try await fixture.pending().values.joined().min())
            let owner = try #require(try await fixture.pending().first { $0.value.first == first }?.key)
            let partition = try #require(Int(owner.dropFirst()))
            _ = try await session.acknowledge([.init(partition: partition, ids: [first])])
            let after = try await session.route(count: 1, window: 3)
            #expect(!after.isFull && after.entries == 1)
        }
    }

    @Test("The bytes of the values are told, for the size of the next read")
    func bytes() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            try await fixture.add([StreamField("event", String(repeating: "x", count: 100)), StreamField("b", "12")])
            try await fixture.add([StreamField("c", "345")])
            #expect(try await session.route().bytes == 105)
        }
    }

    @Test("An entry that is too large is not parsed: its own ID stands for it")
    func tooLarge() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1000)
            let id = try await fixture.add(contact: "somebody")
            _ = try await session.route(entryBytes: 10)
            let partition = try #require(ScriptFixture.partition(of: id.description, partitions: 1000))
            #expect(try await fixture.pending() == [PartitionName.of(partition): [id]])
        }
    }

    @Test("Without any path every entry stands for itself")
    func noPaths() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1000, paths: [])
            let id = try await fixture.add(contact: "somebody")
            _ = try await session.route(paths: [])
            let partition = try #require(ScriptFixture.partition(of: id.description, partitions: 1000))
            #expect(try await fixture.pending().keys.first == PartitionName.of(partition))
        }
    }
    // MARK: Owners

    @Test("The owner of a partition that got something is told once; the caller by the answer, nobody for a free one")
    func owners() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 4)
            _ = try await session.beat(Heartbeat(member: "b"))
            try await fixture.give(1, to: "b")
            try await fixture.give(2, to: "-")
            try await fixture.send("DEL", fixture.keys.bell(of: "b"))
            var bells: [StreamID?] = []
            for _ in 0..<2 {
                _ = try await fixture.add(contacts: 40)
                let answer = try await session.route()
                #expect(answer.partitions.sorted() == [0, 3])
                #expect(try await fixture.set(fixture.keys.state + ":unfetched:b") == ["1"])
                bells.append(try await fixture.client.range(fixture.keys.bell(of: "b"), count: 9).last?.id)
            }
            #expect(try await fixture.ring("b") == "routed")
            #expect(bells[0] == bells[1], "who has been rung and has not come yet is not rung again")
            #expect(try await fixture.ring("-") == nil)
            #expect(try await fixture.ring("a") == "leases", "when the other one joined, and not since")
            let other = fixture.session(partitions: 4, member: "b")
            #expect(try await other.route().partitions == [1])
            #expect(try await other.route().partitions == [], "what was told is not told again")
        }
    }

    @Test("What others routed to the caller is told also when the window is full")
    func dirtyWhenFull() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            _ = try await fixture.add(contacts: 3)
            _ = try await session.route()
            try await fixture.send("SADD", fixture.keys.state + ":unfetched:a", "2")
            let answer = try await session.route(window: 1)
            #expect(answer.isFull && answer.partitions == [2])
        }
    }

    // MARK: Lost

    @Test("Entries that were gone before they could be routed are counted once", arguments: ["0", "$"])
    func lost(start: String) async throws {
        try await ScriptFixture.run { fixture in
            _ = try await fixture.add(contacts: 5)
            let session = fixture.session()
            _ = try await session.open(start: start, rule: "userId", hadItOpen: false)
            while try await session.route().entries > 0 {}
            var ids = try await fixture.add(contacts: 6)
            _ = try await fixture.client.delete(fixture.stream, ids: [ids[1]])
            _ = try await fixture.client.trim(fixture.stream, below: ids[1], exactly: true)
            #expect(try await session.route(count: 2).lost == 0, "it is known when all has been read")
            #expect(try await session.route().entries == 2)
            let countsAdditions = try await fixture.countsAdditions
            #expect(try await session.route().lost == (countsAdditions ? 2 : 0))
            #expect(try await session.route().lost == 0)
            ids = try await fixture.add(contacts: 2)
            _ = try await session.route()
            _ = try await fixture.client.delete(fixture.stream, ids: ids)
            #expect(try await session.route().lost == 0, "what was routed is not lost before it was routed")
        }
    }

    // MARK: Refusals

    @Test("Without the state, with another rule, or before adoption nothing is routed")
    func refusals() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            try await fixture.add(contact: "a")
            #expect(
                try await groupFault { _ = try await session.route(paths: ["x", "y"]) }
                    == .keyRuleDiffers(stream: fixture.stream, actual: "userId")
            )
            try await fixture.send("HSET", fixture.keys.state, "adopt", "1")
            #expect(try await groupFault { _ = try await session.route() } == .adoptFirst(stream: fixture.stream))
            try await fixture.send("DEL", fixture.keys.state)
            #expect(try await groupFault { _ = try await session.route() } == .groupLost(stream: fixture.stream))
            #expect(try await fixture.pending().isEmpty)
        }
    }
}
