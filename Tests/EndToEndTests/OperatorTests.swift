import Bridge
import DevKit
import JSON
import LoopsSimulator
import RedisStreams
import Testing

@Suite("dead and why, as an operator uses them on a running bridge", .tags(.servers), .timeLimit(.minutes(3)))
struct OperatorTests {
    private func event(_ user: String, _ message: String, _ name: String = "E") -> [UInt8] {
        Array(
            #"{"type":"track","messageId":"\#(message)","userId":"\#(user)","event":"\#(name)","properties":{"email":"\#(user)@example.com"}}"#
                .utf8
        )
    }

    private func ask(_ harness: Harness, _ arguments: String...) async throws -> (lines: [String], status: String) {
        try await Program.ask(arguments, redis: harness.redis.url)
    }

    @Test("A refused event is listed, shown, found, mended, replayed and delivered; its contact stays hidden")
    func mended() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [
            FaultRule("refused", .respond(status: 400, .message("ann@example.com is refused"), .before), remaining: 1)
        ]
        try await Harness.run(simulation: simulation) { harness in
            try await harness.publish([event("ann", "m1")])
            await harness.bridge.confirmedEnds.reached(1)

            let list = try await ask(harness, "dead", "list")
            #expect(list.status == "0" && list.lines.contains { $0.contains("refused") && $0.contains("400") })
            #expect(!list.lines.contains { $0.contains("ann@") || $0.contains(" ann ") })
            let json = try await ask(harness, "dead", "list", "--json", "--show-contacts", "--reason", "refused")
            let letter = try JSONParser.parse(json.lines.first ?? "")
            #expect(letter["contact"] == "ann" && letter["status"] == 400)
            let id = letter["id"]?.stringValue ?? ""
            #expect(try await ask(harness, "dead", "show", id).lines.contains { $0.contains(#""messageId":"m1""#) })
            #expect(try await ask(harness, "dead", "show", "1-1").status == "1")
            let why = try await ask(harness, "why", "m1")
            #expect(why.status == "0" && why.lines.contains { $0.contains("dead-lettered") && $0.contains(id) })

            let before = try await harness.client.length(Harness.stream)
            let dry = try await ask(harness, "dead", "replay", "--dry-run")
            #expect(dry.status == "0" && dry.lines.contains("1 would be replayed, 0 left"))
            #expect(try await harness.client.length(Harness.stream) == before)
            #expect(try await ask(harness, "dead", "drop").status == "2", "nobody could answer")
            #expect(try await ask(harness, "dead", "drop", "--dry-run").lines.contains("1 would be dropped"))
            #expect(try await harness.deadLetters().count == 1)
            #expect(try await ask(harness, "dead", "list", "--contact", "bob").lines.contains("no dead letters"))

            let replay = try await ask(harness, "dead", "replay", "--contact", "ann")
            #expect(replay.status == "0" && replay.lines.contains("1 replayed, 0 left"))
            await harness.bridge.confirmedEnds.reached(2)
            #expect(harness.bridge.status.ends.delivered == 1)
            #expect(try await harness.deadLetters().isEmpty)
            let after = try await ask(harness, "why", "m1")
            #expect(
                after.lines.contains { $0.contains("it goes on as") }
                    && after.lines.contains { $0.contains("finished") }
            )
            #expect(try await ask(harness, "why", "never").status == "1")
        }
    }

    @Test("A letter whose contact has newer deliveries is left alone unless told; dropped letters are gone")
    func overtaken() async throws {
        try await Harness.run { harness in
            try await harness.publish([event("ann", "m1", ""), event("bob", "m2", ""), event("ann", "m3")])
            await harness.bridge.confirmedEnds.reached(3)
            let replay = try await ask(harness, "dead", "replay", "--contact", "ann")
            #expect(replay.status == "1" && replay.lines.contains("0 replayed, 1 left"))
            #expect(replay.lines.contains { $0.contains("newer events of this contact were delivered meanwhile (1)") })
            #expect(try await harness.deadLetters().count == 2)
            // A hint promises nothing that a replay would not do.
            let why = try await ask(harness, "why", "m1")
            #expect(why.lines.contains { $0.contains("a replay leaves it alone: newer events") }, "\(why)")
            let free = try await ask(harness, "why", "m2")
            #expect(free.lines.contains { $0.contains("dead replay --id") && $0.hasSuffix("puts it back") }, "\(free)")
            for command in [["replay"], ["drop"], ["drop", "--dry-run"]] {
                let absent = try await Program.ask(["dead"] + command + ["--id", "1-1"], redis: harness.redis.url)
                #expect(
                    absent.status == "1" && absent.lines.contains { $0.contains("no dead letter 1-1") },
                    "\(absent)"
                )
            }
            let forced = try await ask(harness, "dead", "replay", "--contact", "ann", "--even-if-overtaken")
            #expect(forced.status == "0" && forced.lines.contains("1 replayed, 0 left"))
            await harness.bridge.confirmedEnds.reached(4)
            let drop = try await ask(harness, "dead", "drop", "--yes", "--contact", "bob")
            #expect(drop.status == "0" && drop.lines.contains("1 dropped"))
            let left = try await harness.deadLetters()
            #expect(left.map { $0["contact"] } == ["ann"], "the same fault once more")
            #expect(try await ask(harness, "dead", "list", "--stream", "other").status == "2")
            #expect(try await ask(harness, "dead", "list", "--reason", "bad luck").status == "64")
        }
    }

    @Test("Why an event waits: what fails before it, how often, with which answer, and when it is tried again")
    func waiting() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [
            FaultRule(
                "down for ann",
                on: FaultMatch(userID: "ann"),
                .respond(status: 503, .message("busy"), .before)
            )
        ]
        try await Harness.run(
            simulation: simulation,
            change: { configuration in
                configuration.heartbeat = .milliseconds(100)
                configuration.retry = RetryPolicy(base: .seconds(600), cap: .seconds(600))
            }
        ) { harness in
            try await harness.publish([event("ann", "m1"), event("ann", "m2"), event("bob", "m3")])
            await harness.bridge.confirmedEnds.reached(1)
            let key = "{\(Harness.stream)}:bridge:\(harness.configuration.group):delivery-errors"
            while try await harness.client.send(RedisCommand("EXISTS", [.string(key)])) != .integer(1) {
                await Task.yield()
            }
            let first = try await ask(harness, "why", "m1", "--json")
            let found = try JSONParser.parse(first.lines.first ?? "")
            #expect(found["state"] == "pending" && found["trouble"]?["status"] == 503)
            #expect((found["trouble"]?["attempts"]?.doubleValue ?? 0) >= 1 && found["trouble"]?["message"] == "busy")
            let second = try await ask(harness, "why", "m2")
            #expect(second.lines.contains { $0.contains("behind 1 earlier pending entries of the same contact") })
            #expect(second.lines.contains { $0.contains("Loops answered 503 (busy); tried again") })
            let both = try await ask(harness, "why", "ann")
            #expect(both.lines.count { $0.contains("in hand: pending in partition") } == 2)
        }
    }

    @Test("A trace goes along to Loops and into the dead letter, with the idempotency key; two attempts are two spans")
    func traced() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [
            FaultRule("busy once", .respond(status: 503, .message("busy"), .before), remaining: 1),
            FaultRule("refused", .respond(status: 400, .message("no"), .before), remaining: 1),
        ]
        try await Harness.run(simulation: simulation) { harness in
            let trace = "0af7651916cd43dd8448eb211c80319c"
            _ = try await harness.client.send(
                RedisCommand(
                    "XADD",
                    [
                        .string(Harness.stream), "*", "event", .bytes(event("ann", "m1")), "traceparent",
                        .string("00-\(trace)-b7ad6b7169203331-01"), "tracestate", "vendor=1",
                    ]
                )
            )
            await harness.bridge.confirmedEnds.reached(1)
            let sent = harness.simulator.requests().map { request in
                Dictionary(request.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            }
            let spans = sent.compactMap { $0["traceparent"]?.split(separator: "-") }
            #expect(spans.count == 2 && spans.allSatisfy { $0[1] == trace && $0[3] == "01" })
            #expect(Set(spans.map { $0[2] } + ["b7ad6b7169203331"]).count == 3)
            #expect(sent.allSatisfy { $0["tracestate"] == "vendor=1" })
            let letter = try #require(try await harness.deadLetters().first)
            #expect(letter["traceId"] == trace && letter["idempotencyKey"] == sent.first?["idempotency-key"])
            let shown = try await ask(harness, "dead", "list", "--json")
            #expect(try JSONParser.parse(shown.lines.first ?? "")["traceId"] == .string(trace))
        }
    }

    @Test("Without Redis each ends with status 1 and says so")
    func noRedis() async throws {
        for arguments in [["dead", "list"], ["dead", "replay"], ["why", "m1"]] {
            let answer = try await Program.ask(arguments, redis: "redis://127.0.0.1:1")
            #expect(answer.status == "1")
            #expect(answer.lines.contains { $0.contains("does not answer: 127.0.0.1:1: Connection refused") })
        }
    }
}
