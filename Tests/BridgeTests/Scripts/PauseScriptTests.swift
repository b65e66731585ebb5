import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("The pause script, and what the heartbeat makes of it", .tags(.servers), .timeLimit(.minutes(2)))
struct PauseScriptTests {
    private let pause = Pause(since: 1_700_000_000_000, by: "ann", reason: "mappings are wrong")

    @Test("A pause holds until it is ended; a second one leaves the first as it is")
    func holds() async throws {
        try await ScriptFixture.run { fixture in
            let control = try await fixture.openSession().pauseSwitch
            #expect(try await control.current() == nil)
            #expect(try await control.pause(pause) == pause)
            #expect(try await control.pause(Pause(since: 1, by: "bob", reason: "me too")) == pause)
            #expect(try await control.current() == pause)
            #expect(try await control.resume() == pause)
            #expect(try await control.resume() == nil)
            #expect(try await control.current() == nil)
        }
    }

    @Test("The heartbeat brings it to every replica, and it stops and starts them")
    func heartbeat() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let tenure = try #require(session.tenure(of: 0))
            #expect(session.sendDeadline(0, tenure: tenure) != nil)
            _ = try await session.pauseSwitch.pause(pause)
            #expect(try await session.beatOnce() == [.paused(pause)])
            #expect(session.sendDeadline(0, tenure: tenure) == nil && session.pause == pause && session.isHeld)
            #expect(try await session.beatOnce().isEmpty, "told once")
            _ = try await session.pauseSwitch.resume()
            #expect(try await session.beatOnce() == [.resumed(pause)])
            #expect(session.sendDeadline(0, tenure: tenure) != nil && !session.isHeld)
        }
    }

    @Test("Only a person's end is noted; the brake ends its own pause and no other")
    func accepted() async throws {
        try await ScriptFixture.run { fixture in
            let control = try await fixture.openSession().pauseSwitch
            let brake = Pause.Brake(mapping: "m \u{1F}", digest: "d", previous: nil)
            let braked = Pause(since: 5, by: Pause.brakeName, reason: "letters", brake: brake)
            _ = try await control.pause(braked)
            #expect(try await control.current() == braked)
            #expect(try await !control.release(pause), "another pause")
            #expect(try await control.current() == braked)
            #expect(try await control.release(braked))
            #expect(try await control.current() == nil)
            #expect(try await control.accepted() == nil)
            #expect(try await !control.release(braked))
            _ = try await control.pause(braked)
            #expect(try await control.resume() == braked)
            #expect(try await control.accepted() == braked)
        }
    }

    @Test("The ledger of mappings: written, read, and cut when it has too many names")
    func ledger() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession()
            let ledger = MappingLedger(keys: session.keys, client: session.client)
            #expect(try await ledger.read().isEmpty)
            let records = ["a", "b b"].map { MappingRecord(name: $0, digest: "d", events: 7, failed: 2) }
            try await ledger.write(records)
            try await fixture.send("HSET", session.keys.mappings, "odd", "nonsense")
            #expect(try await ledger.read().sorted { $0.name < $1.name } == records)
            try await ledger.write([records[0]], dropsOthers: true)
            #expect(try await ledger.read() == [records[0]])
        }
    }

    @Test("All replicas are woken by a change, and by nothing else")
    func rings() async throws {
        try await ScriptFixture.run { fixture in
            let first = try await fixture.openSession()
            _ = try await fixture.session(member: "b").beatOnce()
            for member in ["a", "b"] { try await fixture.send("DEL", fixture.keys.bell(of: member)) }
            _ = try await first.pauseSwitch.resume()
            for member in ["a", "b"] { #expect(try await fixture.ring(member) == nil) }
            _ = try await first.pauseSwitch.pause(pause)
            for member in ["a", "b"] {
                #expect(try await fixture.ring(member) == "leases")
                try await fixture.send("DEL", fixture.keys.bell(of: member))
            }
            _ = try await first.pauseSwitch.pause(pause)
            #expect(try await fixture.ring("a") == nil)
            _ = try await first.pauseSwitch.resume()
            #expect(try await fixture.ring("a") == "leases")
        }
    }

    @Test("A stream that no bridge has opened yet can be paused, and is opened paused")
    func beforeTheFirst() async throws {
        try await ScriptFixture.run { fixture in
            let session = fixture.session()
            _ = try await session.pauseSwitch.pause(pause)
            let fault = try await groupFault { _ = try await session.beatOnce() }
            #expect(fault == .groupLost(stream: fixture.stream))
            let opened = try await fixture.openSession()
            #expect(opened.pause == pause && opened.leases.count == 4)
        }
    }

    @Test("It survives a restart of Redis")
    func restart() async throws {
        try await ScriptFixture.run(appendOnly: true) { fixture in
            _ = try await fixture.openSession().pauseSwitch.pause(pause)
            try await fixture.restart()
            #expect(try await fixture.openSession(member: "b").pause == pause)
        }
    }
}
