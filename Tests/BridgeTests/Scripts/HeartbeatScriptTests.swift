import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("heartbeat.lua: renews, gives back and takes leases", .tags(.servers), .timeLimit(.minutes(2)))
struct HeartbeatScriptTests {
    /// A group of three partitions that nobody owns yet.
    private func withGroup(
        appendOnly: Bool = false,
        _ body: @Sendable @escaping (ScriptFixture, StreamState) async throws -> Void
    ) async throws {
        try await ScriptFixture.run(appendOnly: appendOnly) { fixture in
            let session = fixture.session(partitions: 3)
            _ = try await session.open(start: "0", rule: "userId", hadItOpen: false)
            try await body(fixture, session)
        }
    }

    @Test("A beat makes a member; no beat is given twice, to whomever")
    func beats() async throws {
        try await withGroup { fixture, session in
            var beats: [Int64] = []
            for member in ["a", "b", "a", "c", "b", "a"] {
                let view = try await session.say(Heartbeat(member: member))
                beats.append(try #require(view.members[member]))
                #expect(view.isStable && view.leases.isEmpty)
            }
            #expect(beats == beats.sorted() && Set(beats).count == 6)
            #expect(try await Set(fixture.hash(fixture.keys.members).keys) == ["a", "b", "c"])
        }
    }

    @Test("Who was removed and comes back to what it owns reads all of it again; who joins owns nothing yet")
    func comesBack() async throws {
        try await withGroup { fixture, session in
            let marks = fixture.keys.state + ":unfetched:a"
            _ = try await session.say(Heartbeat(member: "a"))
            #expect(try await fixture.set(marks).isEmpty)
            try await fixture.give(1, to: "a")
            _ = try await session.say(Heartbeat(member: "a"))
            #expect(try await fixture.set(marks).isEmpty)
            try await fixture.send("HDEL", fixture.keys.members, "a")
            _ = try await session.say(Heartbeat(member: "a"))
            #expect(try await fixture.set(marks) == ["-1"])
        }
    }

    @Test("A partition that never had an owner is taken once, with the first epoch")
    func firstClaim() async throws {
        try await withGroup { _, session in
            let claim = Heartbeat.Claim(partition: 1, seen: "", beat: nil)
            let first = try await session.say(Heartbeat(member: "a", claims: [claim]))
            #expect(first.leases == [1: .init(text: "1 a")])
            let second = try await session.say(Heartbeat(member: "b", claims: [claim]))
            #expect(second.leases == first.leases)
        }
    }

    @Test("A free partition is taken by who saw it as it is; the epoch rises with every owner")
    func freeClaim() async throws {
        try await withGroup { fixture, session in
            try await fixture.send("HSET", fixture.keys.leases, "0", "41 -")
            for seen in ["40 -", "", "41 a", "41"] {
                let claim = Heartbeat.Claim(partition: 0, seen: seen, beat: nil)
                #expect(try await session.say(Heartbeat(member: "a", claims: [claim])).leases[0]?.text == "41 -")
            }
            let claim = Heartbeat.Claim(partition: 0, seen: "41 -", beat: nil)
            #expect(try await session.say(Heartbeat(member: "a", claims: [claim])).leases[0]?.text == "42 a")
        }
    }

    @Test("A silent owner's partition is taken, but not when it has beaten in between")
    func silentClaim() async throws {
        try await withGroup { _, session in
            let mine = Heartbeat.Claim(partition: 0, seen: "", beat: nil)
            let seen = try await session.say(Heartbeat(member: "a", claims: [mine]))
            let old = try #require(seen.members["a"])
            let now = try #require(try await session.say(Heartbeat(member: "a")).members["a"])
            for beat in [old, nil, now + 1, 0] {
                let claim = Heartbeat.Claim(partition: 0, seen: "1 a", beat: beat)
                #expect(try await session.say(Heartbeat(member: "b", claims: [claim])).leases[0]?.text == "1 a")
            }
            let claim = Heartbeat.Claim(partition: 0, seen: "1 a", beat: now)
            #expect(try await session.say(Heartbeat(member: "b", claims: [claim])).leases[0]?.text == "2 b")
        }
    }

    @Test("The partition of an owner that is no member is taken; not when it came back in between")
    func absentClaim() async throws {
        try await withGroup { fixture, session in
            try await fixture.give(0, to: "gone")
            try await fixture.give(1, to: "back")
            _ = try await session.say(Heartbeat(member: "back"))
            let claims = [0, 1].map {
                Heartbeat.Claim(partition: $0, seen: "900 \($0 == 0 ? "gone" : "back")", beat: nil)
            }
            let view = try await session.say(Heartbeat(member: "a", claims: claims))
            #expect(view.leases == [0: .init(text: "901 a"), 1: .init(text: "900 back")])
        }
    }

    @Test("A lease is given back only by who has it; what its owner had in hand is forgotten then")
    func releases() async throws {
        try await withGroup { fixture, session in
            try await fixture.send("HSET", fixture.keys.leases, "0", "7 a", "1", "8 b", "2", "9 a")
            try await fixture.send("HSET", fixture.keys.hands, "0", "1-1", "1", "2-2", "2", "3-3")
            let view = try await session.say(
                Heartbeat(
                    member: "a",
                    releases: [
                        .init(partition: 0, lease: "7 a"), .init(partition: 1, lease: "8 a"),
                        .init(partition: 2, lease: "8 a"),
                    ]
                )
            )
            #expect(view.leases.mapValues(\.text) == [0: "7 -", 1: "8 b", 2: "9 a"])
            #expect(try await fixture.hash(fixture.keys.hands) == ["1": "2-2", "2": "3-3"])
        }
    }

    @Test("A silent member is removed with its wake-ups, but not when it has beaten in between")
    func departures() async throws {
        try await withGroup { fixture, session in
            let old = try #require(try await session.say(Heartbeat(member: "a")).members["a"])
            let now = try #require(try await session.say(Heartbeat(member: "a")).members["a"])
            let keys = [fixture.keys.bell(of: "a"), fixture.keys.state + ":unfetched:a"]
            try await fixture.send("SADD", keys[1], "1")
            var view = try await session.say(Heartbeat(member: "b", departures: [.init(member: "a", beat: old)]))
            #expect(view.members["a"] == now)
            #expect(try await fixture.send("EXISTS", keys[0], keys[1]) == .integer(2))
            view = try await session.say(Heartbeat(member: "b", departures: [.init(member: "a", beat: now)]))
            #expect(Array(view.members.keys) == ["b"])
            #expect(try await fixture.send("EXISTS", keys[0], keys[1]) == .integer(0))
        }
    }

    @Test("Who joins, gives back or removes rings all others; a mere sign of life and a claim ring nobody")
    func rings() async throws {
        try await withGroup { fixture, session in
            func rung(_ heartbeat: Heartbeat) async throws -> [String] {
                for member in ["a", "b", "c"] { try await fixture.send("DEL", fixture.keys.bell(of: member)) }
                _ = try await session.say(heartbeat)
                var rung: [String] = []
                for member in ["a", "b", "c"] where try await fixture.ring(member) == "leases" { rung.append(member) }
                return rung
            }
            #expect(try await rung(Heartbeat(member: "a")) == [])
            #expect(try await rung(Heartbeat(member: "b")) == ["a"])
            #expect(try await rung(Heartbeat(member: "c")) == ["a", "b"])
            #expect(try await rung(Heartbeat(member: "a")) == [])
            let claim = Heartbeat.Claim(partition: 0, seen: "", beat: nil)
            #expect(try await rung(Heartbeat(member: "a", claims: [claim])) == [])
            let wrong = Heartbeat.Release(partition: 0, lease: "1 b")
            #expect(try await rung(Heartbeat(member: "b", releases: [wrong])) == [])
            let release = Heartbeat.Release(partition: 0, lease: "1 a")
            #expect(try await rung(Heartbeat(member: "a", releases: [release])) == ["b", "c"])
            let beat = try #require(try await session.say(Heartbeat(member: "b")).members["b"])
            let departure = Heartbeat.Eviction(member: "b", beat: beat)
            #expect(try await rung(Heartbeat(member: "c", departures: [departure])) == ["a"])
            let life = try await fixture.send("PTTL", fixture.keys.bell(of: "a")).integer
            #expect((1...3_600_000).contains(try #require(life)), "a bell of somebody who never comes back goes away")
        }
    }

    @Test("A bell is a stream of one entry")
    func bellIsBounded() async throws {
        try await withGroup { fixture, session in
            for number in 0..<20 { _ = try await session.say(Heartbeat(member: "m\(number)")) }
            #expect(try await fixture.client.length(fixture.keys.bell(of: "m0")) == 1)
        }
    }

    @Test("In one beat giving back comes first, then claims, then removals")
    func order() async throws {
        try await withGroup { fixture, session in
            let beat = try #require(try await session.say(Heartbeat(member: "b")).members["b"])
            try await fixture.send("HSET", fixture.keys.leases, "0", "1 a", "1", "1 b")
            let view = try await session.say(
                Heartbeat(
                    member: "a",
                    releases: [.init(partition: 0, lease: "1 a")],
                    claims: [
                        .init(partition: 1, seen: "1 b", beat: beat), .init(partition: 0, seen: "1 -", beat: nil),
                    ],
                    departures: [.init(member: "b", beat: beat)]
                )
            )
            #expect(view.leases.mapValues(\.text) == [0: "2 a", 1: "2 a"])
            #expect(Array(view.members.keys) == ["a"])
        }
    }

    // MARK: Another incarnation

    @Test("After Redis was started anew nobody acquires anything until somebody settles that incarnation")
    func restart() async throws {
        try await withGroup(appendOnly: true) { fixture, session in
            let claim = Heartbeat.Claim(partition: 0, seen: "", beat: nil)
            let before = try await session.say(Heartbeat(member: "a", claims: [claim]))
            #expect(before.isStable)
            try await fixture.restart()
            let another = Heartbeat.Claim(partition: 1, seen: "", beat: nil)
            for _ in 0..<2 {
                let view = try await session.say(Heartbeat(member: "a", claims: [another]))
                #expect(view.incarnation != before.incarnation && !view.isStable)
                #expect(view.leases == before.leases, "what is owned stays")
            }
            let wrong = try await session.say(
                Heartbeat(member: "b", incarnation: before.incarnation, confirmsIncarnation: true)
            )
            #expect(!wrong.isStable, "an earlier incarnation is over")
            let settled = try await session.say(
                Heartbeat(member: "b", incarnation: wrong.incarnation, confirmsIncarnation: true, claims: [another])
            )
            #expect(settled.isStable && settled.incarnation == wrong.incarnation)
            #expect(settled.leases[1]?.text == "1 b")
            try await fixture.restart()
            let later = try await session.say(
                Heartbeat(member: "a", incarnation: settled.incarnation, confirmsIncarnation: true)
            )
            #expect(!later.isStable && ![before.incarnation, settled.incarnation].contains(later.incarnation))
        }
    }

    @Test("What was seen in an earlier incarnation is neither claimed nor removed: its beats may have been given again")
    func earlierReign() async throws {
        try await withGroup { fixture, session in
            let before = try await session.say(Heartbeat(member: "b"))
            try await fixture.send("HSET", fixture.keys.leases, "0", "1 a", "1", "1 b", "2", "1 -")
            // As if Redis had gone back in time, and that were settled: beats and leases are as they were seen.
            let replication = try #require(before.incarnation.split(separator: " ").last)
            let another = "7 \(replication)"
            try await fixture.send(
                "HSET",
                fixture.keys.state,
                "incarnation",
                another,
                "stable-incarnation",
                another
            )
            var heartbeat = Heartbeat(
                member: "a",
                incarnation: before.incarnation,
                releases: [.init(partition: 0, lease: "1 a")],
                claims: [
                    .init(partition: 1, seen: "1 b", beat: before.members["b"]),
                    .init(partition: 2, seen: "1 -", beat: nil),
                ],
                departures: [.init(member: "b", beat: try #require(before.members["b"]))]
            )
            for incarnation in [before.incarnation, "", "x"] {
                heartbeat.incarnation = incarnation
                let view = try await session.beat(heartbeat)
                #expect(view.leases.mapValues(\.text) == [0: "1 -", 1: "1 b", 2: "1 -"])
                #expect(
                    view.members["b"] == before.members["b"] && view.isStable && view.incarnation != before.incarnation
                )
                heartbeat.releases = []
            }
        }
    }

    @Test("A incarnation does not come twice, even if Redis goes back in time twice")
    func incarnationsAreUnique() async throws {
        try await withGroup(appendOnly: true) { fixture, session in
            let first = try await session.say(Heartbeat(member: "a"))
            let old = try #require(try await fixture.hash(fixture.keys.state)["incarnations"])
            try await fixture.restart()
            let second = try await session.say(Heartbeat(member: "a"))
            // As a server that was promoted without the last writes would find it.
            let (key, text) = (fixture.keys.state, first.incarnation)
            try await fixture.send("HSET", key, "incarnations", old, "incarnation", text, "stable-incarnation", text)
            try await fixture.restart()
            let third = try await session.say(
                Heartbeat(member: "a", incarnation: second.incarnation, confirmsIncarnation: true)
            )
            #expect(Set([first.incarnation, second.incarnation, third.incarnation]).count == 3)
            #expect(!third.isStable)
        }
    }

    @Test("Giving back and removing need no settled incarnation")
    func unsettled() async throws {
        try await withGroup { fixture, session in
            let beat = try #require(try await session.say(Heartbeat(member: "b")).members["b"])
            try await fixture.send("HSET", fixture.keys.leases, "0", "1 a")
            try await fixture.send("HDEL", fixture.keys.state, "stable-incarnation")
            let view = try await session.say(
                Heartbeat(
                    member: "a",
                    releases: [.init(partition: 0, lease: "1 a")],
                    departures: [.init(member: "b", beat: beat)]
                )
            )
            #expect(!view.isStable && view.leases[0]?.text == "1 -" && Array(view.members.keys) == ["a"])
        }
    }

    @Test("Without the group's state a heartbeat does nothing at all")
    func unopened() async throws {
        try await withGroup { fixture, session in
            try await fixture.send("DEL", fixture.keys.state)
            let claim = Heartbeat.Claim(partition: 0, seen: "", beat: nil)
            let fault = try await groupFault { _ = try await session.say(Heartbeat(member: "a", claims: [claim])) }
            #expect(fault == .groupLost(stream: fixture.stream))
            #expect(try await fixture.hash(fixture.keys.members).isEmpty)
            #expect(try await fixture.hash(fixture.keys.leases).isEmpty)
        }
    }

    // MARK: leave.lua

    @Test("Who leaves gives back what it has and nothing else, and rings the others")
    func leave() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 3)
            _ = try await session.say(Heartbeat(member: "b"))
            try await fixture.give(1, to: "b")
            try await fixture.send("HSET", fixture.keys.hands, "0", "1-1", "1", "2-2")
            try await fixture.send("SADD", fixture.keys.state + ":unfetched:a", "0")
            try await fixture.send("DEL", fixture.keys.bell(of: "b"))
            try await session.leave()
            #expect(try await fixture.hash(fixture.keys.leases) == ["0": "1 -", "1": "900 b", "2": "1 -"])
            #expect(try await fixture.hash(fixture.keys.hands) == ["1": "2-2"])
            #expect(try await Array(fixture.hash(fixture.keys.members).keys) == ["b"])
            #expect(try await fixture.ring("b") == "leases")
            let own = [fixture.keys.bell(of: "a"), fixture.keys.state + ":unfetched:a"]
            #expect(try await fixture.send("EXISTS", own[0], own[1]) == .integer(0))
            try await session.leave()
            #expect(try await fixture.hash(fixture.keys.leases) == ["0": "1 -", "1": "900 b", "2": "1 -"])
        }
    }
}

extension StreamState {
    /// A heartbeat of somebody who knows the incarnation that Redis is in, unless it says another one.
    fileprivate func say(_ heartbeat: Heartbeat) async throws -> GroupView {
        var heartbeat = heartbeat
        if heartbeat.incarnation == nil, heartbeat.changesSomething {
            heartbeat.incarnation = try await beat(Heartbeat(member: heartbeat.member)).incarnation
        }
        return try await beat(heartbeat)
    }
}
