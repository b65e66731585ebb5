import Bridge
import DevKit
import JSON
import Loops
import LoopsSimulator
import RedisStreams
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("Pause, resume, drain: what a person tells running replicas", .tags(.servers), .timeLimit(.minutes(5)))
struct ControlTests {
    @Test("A pause stops both replicas, outlives both, and its end brings everything, in order")
    func pausedReplicas() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                try await Harness.carry(configuration, redis, simulator) { harness in
                    try await ReplicaTests.withReplica(harness) { second in
                        try await harness.owns(32)
                        try await harness.publish(Harness.events(100))
                        await simulator.waitForEffects(count: 100)
                        let pause = Pause(by: "ann", reason: "mappings are wrong")
                        #expect(try await harness.bridge.pause([Harness.stream], pause) == [Harness.stream: pause])
                        for bridge in [harness.bridge, second] { try await harness.awaits(bridge, pause: pause) }
                        try await harness.publish(Harness.events(100, from: 100))
                        try await harness.beats(4)
                        #expect(simulator.requests().count == 100, "something was started")
                        #expect(harness.bridge.status.isReady, "a pause is no fault")
                        try await harness.metric(#"loops_bridge_stream_paused{stream="segment:events"} 1"#)
                    }
                }
                // Another process, which has never heard of it.
                try await Harness.carry(configuration, redis, simulator) { harness in
                    while harness.bridge.status.streams.first?.pause?.by != "ann" { try await harness.tick() }
                    try await harness.owns(64)
                    try await harness.beats(4)
                    #expect(simulator.requests().count == 100)
                    _ = try await harness.bridge.resume([Harness.stream])
                    await simulator.waitForEffects(count: 200)
                    try await harness.settled()
                    try await harness.metric(#"loops_bridge_stream_paused{stream="segment:events"} 0"#)
                    #expect(harness.audit.isClean && harness.audit.repeated == 0)
                }
            }
        }
    }

    @Test("What waits in memory at a pause is given up and comes again after it, once, in order")
    func pausedInTheMiddle() async throws {
        try await Harness.run(change: { $0.loops.maxInFlight = 1 }) { harness in
            try await harness.publish(Harness.events(400, contacts: 5))
            await harness.simulator.waitForEffects(count: 20)
            _ = try await harness.bridge.pause([Harness.stream], Pause(by: "ann", reason: ""))
            try await harness.awaits(harness.bridge)
            while harness.bridge.status.delivery.buffered > 0 { try await harness.tick() }
            let sent = harness.simulator.requests().count
            #expect(sent < 400)
            try await harness.beats(3)
            #expect(harness.simulator.requests().count == sent)
            _ = try await harness.bridge.resume([Harness.stream])
            await harness.simulator.waitForEffects(count: 400)
            try await harness.settled()
            #expect(harness.audit.isClean && harness.audit.repeated == 0)
        }
    }

    @Test("A drained replica gives everything to the other and stays up; told so, it takes its share again")
    func drained() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(100))
            try await ReplicaTests.withReplica(harness) { second in
                try await harness.owns(32)
                harness.bridge.drain()
                try await ReplicaTests.owns(second, 64, harness.client)
                #expect(harness.bridge.status.streams.first?.owned == 0)
                #expect(harness.bridge.status.isDrained && harness.bridge.status.isReady)
                let before = second.status.ends.delivered
                try await harness.publish(Harness.events(100, from: 100))
                await harness.simulator.waitForEffects(count: 200)
                while second.status.ends.delivered < before + 100 { try await harness.tick() }
                harness.bridge.rejoin()
                try await harness.owns(32)
                try await ReplicaTests.owns(second, 32, harness.client)
                try await harness.publish(Harness.events(100, from: 200))
                await harness.simulator.waitForEffects(count: 300)
                try await harness.settled()
                #expect(harness.audit.isClean && harness.audit.repeated == 0)
            }
        }
    }

    @Test("A drained replica goes on telling of a pause, of one that began and ended after it was drained too")
    func drainedAndPaused() async throws {
        try await Harness.run { harness in
            try await harness.owns(64)
            harness.bridge.drain()
            // It has left: no heartbeat tells it of anything any more.
            while harness.bridge.status.streams.first?.unassigned != nil { try await harness.tick() }
            let pause = Pause(by: "ann", reason: "import")
            _ = try await harness.bridge.pause([Harness.stream], pause)
            try await harness.awaits(harness.bridge, pause: pause)
            try await harness.metric(#"loops_bridge_stream_paused{stream="segment:events"} 1"#)
            let reasons = harness.bridge.status.health.reasons
            #expect(reasons.contains { $0.hasPrefix("segment:events was paused by ann at 20") }, "\(reasons)")
            _ = try await harness.bridge.resume([Harness.stream])
            try await harness.metric(#"loops_bridge_stream_paused{stream="segment:events"} 0"#)
            #expect(harness.bridge.status.streams.first?.pause == nil)
        }
    }

    @Test("What a producer trims while the stream is paused is lost, and the health says so")
    func trimmedBeforeReadingIsTold() async throws {
        try await Harness.run { harness in
            try await harness.owns(64)
            #expect(harness.bridge.status.health.state == .healthy)
            _ = try await harness.bridge.pause([Harness.stream], Pause(by: "ann", reason: ""))
            try await harness.awaits(harness.bridge)
            try await harness.publish(Harness.events(30))
            _ = try await harness.client.send(RedisCommand("XTRIM", [.string(Harness.stream), "MAXLEN", "10"]))
            _ = try await harness.bridge.resume([Harness.stream])
            await harness.bridge.confirmedEnds.reached(10)
            while harness.bridge.status.streams.first?.lost != 20 { try await harness.tick() }
            let health = harness.bridge.status.health
            #expect(health.state == .degraded)
            let words = "segment:events: 20 entries were trimmed before they were delivered: lost"
            #expect(health.reasons.first == words, "\(health)")
        }
    }

    @Test("By command: straight in Redis without a bridge, and over HTTP with the token")
    func commands() async throws {
        try await RedisServer.run { redis in
            let token = "a-token-for-this-test"
            let environment = ["REDIS_URL": redis.url, "HTTP_CONTROL_TOKEN": token]
            @Sendable func ask(_ arguments: String...) async throws -> (lines: [String], status: String) {
                try await Program.ask(arguments, redis: redis.url, environment: environment)
            }
            let early = try await ask("pause", "--redis", "--by", "ann", "--reason", "not yet")
            #expect(early.status == "0" && early.lines.contains { $0.hasSuffix("by ann: not yet") }, "\(early)")
            let known = try await ask("status", "--redis")
            #expect(
                known.lines.contains {
                    $0.hasPrefix("segment:events is paused since 20") && $0.hasSuffix(" by ann: not yet")
                },
                "\(known)"
            )
            try await Program.run(redis: redis.url, loops: "http://127.0.0.1:1", key: "key", environment: environment) {
                child in
                let up = await child.line { $0.contains("loops-bridge is up") } ?? ""
                let url = up.split(separator: "admin=").last?.split(separator: " ").first.map(String.init) ?? ""
                _ = await child.line { $0.contains("The stream is paused") }
                let again = try await ask("pause", "--url", url, "--by", "bob")
                #expect(again.status == "0" && again.lines.contains { $0.contains("by ann: not yet") }, "\(again)")
                // Who asked for what, from where.
                let parts = ["action=pause", "by=bob", "peer=127.0.0.1", "streams=segment:events"]
                let audit = await child.line { line in
                    line.contains("A control request was accepted") && parts.allSatisfy { line.contains($0) }
                }
                #expect(audit != nil, "\(child.output)")
                let shown = try await ask("status", "--url", url)
                #expect(shown.lines.contains { $0.hasSuffix(" by ann: not yet") }, "\(shown)")
                let why = try await ask("why", "m1")
                #expect(why.lines.contains { $0.contains("paused") && $0.contains("ann") }, "\(why)")
                #expect(try await ask("drain", "--url", url).status == "0")
                #expect(await child.line { $0.contains("action=drain") && $0.contains("by=") } != nil)
                _ = await child.line { $0.contains("Drained: all partitions are released") }
                let back = try await ask("resume", "--url", url)
                #expect(back.lines.first == "the replica takes part again", "\(back)")
                #expect(back.lines.contains { $0.contains("is still paused") }, "\(back)")
                _ = await child.line { $0.contains("Rejoined the group") }
                let resumed = try await ask("resume", "--url", url)
                #expect(resumed.lines.contains { $0.contains("is resumed; it was paused since") }, "\(resumed)")
                _ = await child.line { $0.contains("The stream is resumed") }
                #expect(try await ask("resume", "--redis").lines == ["segment:events is not paused"])
                let reload = try await ask("reload", "--url", url)
                #expect(reload.status == "1" && reload.lines.contains { $0.contains("bridge.mappings is not set") })
                #expect(try await ask("pause", "--url", url, "--stream", "other").status == "1")
                #expect(try await ask("pause", "--redis", "--stream", "other").status == "2")
                let wrong = try await Program.ask(
                    ["pause", "--url", url],
                    redis: redis.url,
                    environment: ["HTTP_CONTROL_TOKEN": "not-the-right-token"]
                )
                #expect(wrong.status == "1" && wrong.lines.contains { $0.contains("(401)") }, "\(wrong)")
                #expect(!child.output.contains { $0.contains(token) || $0.contains("not-the-right-token") })
            }
            let none = try await Program.ask(["drain"], redis: redis.url)
            #expect(none.status == "2" && none.lines.contains { $0.contains("HTTP_CONTROL_TOKEN") })
            #expect(try await ask("drain", "--url", "http://127.0.0.1:1").status == "1")
        }
    }
}

extension Harness {
    /// Lets some time pass.
    func tick() async throws {
        _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
    }

    /// Waits until a replica knows of a pause.
    func awaits(_ bridge: Bridge, pause: Pause? = nil) async throws {
        while bridge.status.streams.first?.pause == nil { try await tick() }
        if let pause { #expect(bridge.status.streams.first?.pause == pause) }
    }

    /// Waits until every replica has beaten so many times.
    func beats(_ count: Int) async throws {
        let members = "{\(Self.stream)}:bridge:\(configuration.group)"
        for _ in 0..<count {
            let before =
                try await client.send(RedisCommand("HVALS", [.string(members + ":members")])).array?.filter {
                    $0.text != "1"
                } ?? []
            while true {
                let now =
                    try await client.send(RedisCommand("HVALS", [.string(members + ":members")])).array?.filter {
                        $0.text != "1"
                    } ?? []
                if !now.contains(where: { before.contains($0) }) { break }
                try await tick()
            }
        }
    }
}
