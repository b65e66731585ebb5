import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Incarnations: nothing of one history of Redis counts in another", .tags(.servers), .timeLimit(.minutes(2)))
struct IncarnationTests {
    /// What makes a new incarnation.
    enum Event: CaseIterable {
        case restart, demotedAndPromoted, leasesDeleted, membersDeleted, positionSetBack, groupDestroyed
    }

    private func happen(_ event: Event, _ fixture: ScriptFixture, _ session: StreamState) async throws {
        let (stream, group) = (fixture.stream, ScriptFixture.group)
        switch event {
        case .restart: try await fixture.restart()
        case .demotedAndPromoted:
            // The same process, with the same run ID.
            try await fixture.send("REPLICAOF", "127.0.0.1", "1")
            try await fixture.send("REPLICAOF", "NO", "ONE")
        case .leasesDeleted: try await fixture.send("DEL", fixture.keys.leases)
        case .membersDeleted: try await fixture.send("DEL", fixture.keys.members)
        case .positionSetBack:
            try await fixture.send("XGROUP", "SETID", stream, group, "0")
            #expect(try await groupFault { _ = try await session.route() } == .incarnationChanged(stream: stream))
        case .groupDestroyed:
            try await fixture.send("XGROUP", "DESTROY", stream, group)
            #expect(try await groupFault { _ = try await session.beatOnce() } == .groupLost(stream: stream))
            _ = try await session.open(start: "$", rule: "userId", hadItOpen: true)
        }
    }

    @Test(
        "Every script refuses a caller of an earlier incarnation, until a heartbeat has told it",
        arguments: Event.allCases
    )
    func refused(_ event: Event) async throws {
        try await ScriptFixture.run(appendOnly: true) { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: 3)
            _ = try await session.route(caughtUpPartitions: [0])
            let before = session.incarnation
            #expect(session.tokens(of: [0]) != [nil])
            try await happen(event, fixture, session)
            // Who deletes keys is noticed by the next heartbeat of anybody.
            if [.leasesDeleted, .membersDeleted].contains(event) { _ = try await session.beat(Heartbeat(member: "b")) }
            let ended = [EndedEntries(partition: 0, ids: [ids[0]])]
            let calls: [(String, () async throws -> Void)] = [
                ("route", { _ = try await session.route() }),
                ("pull", { _ = try await session.pullIDs([(0, .zero, 10)]) }),
                ("ack", { _ = try await session.acknowledge(ended) }),
                (
                    "dead_letter",
                    { _ = try await session.deadLetter(ids[0], partition: 0, maxLength: 9, fields: ["a", "b"]) }
                ),
                ("blame", { _ = try await session.blame([0]) }),
                ("adopt", { _ = try await session.adopt(after: .zero, count: 9, rule: "userId", entryBytes: 99) }),
            ]
            for (name, call) in calls {
                #expect(try await groupFault(call) == .incarnationChanged(stream: fixture.stream), "\(name)")
            }
            #expect(try await fixture.letters().isEmpty)
            _ = try await session.beatOnce()
            #expect(session.incarnation != before)
        }
    }

    @Test(
        "A position that was set back takes out what is pending behind it, so that nothing comes twice in one incarnation"
    )
    func takesBack() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: 600)
            while try await session.route().entries > 0 {}
            _ = try await session.acknowledge([.init(partition: 0, ids: Array(ids[..<100]))])
            try await fixture.send("XGROUP", "SETID", fixture.stream, ScriptFixture.group, ids[9].description)
            var faults: [GroupError?] = []
            repeat {
                faults.append(try await groupFault { _ = try await session.route() })
            } while faults.last == .again(stream: "events")
            #expect(faults == [.again(stream: "events"), .incarnationChanged(stream: "events")])
            #expect(try await fixture.pending().isEmpty)
            #expect(try await session.beatOnce().contains(.incarnationChanged))
            session.routed(to: .zero)
            while try await session.route().entries > 0 {}
            #expect(try await fixture.pending() == ["p00": Array(ids[10...])])
            #expect(try await session.beat(Heartbeat(member: "a")).vanished == 0)
        }
    }

    @Test(
        "Pending entries that vanish from the group are counted, and everything behind the last finished one comes again"
    )
    func vanished() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 2)
            let ids = try await fixture.add(contacts: 10)
            _ = try await session.route()
            _ = try await session.beatOnce()
            let lost = try await fixture.pending()["p01"] ?? []
            try await fixture.send("XGROUP", "DELCONSUMER", fixture.stream, ScriptFixture.group, "p01")
            #expect(try await session.beat(Heartbeat(member: "a")).vanished == lost.count && !lost.isEmpty)
            #expect(try await session.beat(Heartbeat(member: "a")).vanished == 0, "once")
            #expect(
                try await groupFault { _ = try await session.route() } == .incarnationChanged(stream: fixture.stream)
            )
            _ = try await session.beatOnce()
            session.routed(to: .zero)
            _ = try await session.route()
            #expect(Set(try await fixture.pending().values.joined()) == Set(ids))
        }
    }

    @Test(
        "A group that is made again begins where everything was finished, whatever the settings say",
        arguments: ["0", "$"]
    )
    func floor(start: String) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: 6)
            _ = try await session.route(count: 5)
            _ = try await session.acknowledge([.init(partition: 0, ids: [ids[0], ids[1], ids[3]])])
            _ = try await session.beatOnce()
            try await fixture.send("XGROUP", "DESTROY", fixture.stream, ScriptFixture.group)
            let opened = try await session.open(start: start, rule: "userId", hadItOpen: true)
            #expect(opened.isNew && opened.routed == ids[2].previous)
            // And in a stream that was emptied, and has lower IDs than before.
            try await fixture.send("XGROUP", "DESTROY", fixture.stream, ScriptFixture.group)
            try await fixture.send("DEL", fixture.stream)
            _ = try await fixture.client.add(fixture.stream, fields: [StreamField("a", "b")], id: StreamID("1-1"))
            #expect(try await session.open(start: start, rule: "userId", hadItOpen: true).routed == .zero)
        }
    }

    @Test("The lease time is the group's; it changes when no member is there")
    func leaseTime() async throws {
        try await ScriptFixture.run { fixture in
            let session = fixture.session()
            #expect(try await session.open(start: "0", rule: "userId", hadItOpen: false).lease == .seconds(15))
            _ = try await session.beatOnce()
            try await fixture.send("HSET", fixture.keys.state, "lease", "60000")
            #expect(try await session.open(start: "0", rule: "userId", hadItOpen: false).lease == .seconds(60))
            #expect(try await session.beat(Heartbeat(member: "a")).leaseTime == .seconds(60))
            try await fixture.send("HSET", fixture.keys.state, "lease", "8000")
            let fault = try await groupFault {
                _ = try await session.open(start: "0", rule: "userId", hadItOpen: false)
            }
            #expect(fault == .leaseTooShort(stream: "events", configured: session.timing, group: .seconds(8)))
            #expect(fault?.description.contains("bridge.leaseSeconds") == true && fault?.isRetryable == false)
            try await session.leave()
            #expect(try await session.open(start: "0", rule: "userId", hadItOpen: false).lease == .seconds(15))
        }
    }

    @Test("A key of another type is named itself")
    func wrongType() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            try await fixture.send("DEL", fixture.keys.leases)
            try await fixture.send("SET", fixture.keys.leases, "x")
            let fault = try await groupFault { _ = try await session.beatOnce() }
            #expect(fault == .wrongType(key: fixture.keys.leases, expected: "hash", actual: "string"))
        }
    }
}
