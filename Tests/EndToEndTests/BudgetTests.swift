import Bridge
import DevKit
import JSON
import Loops
import LoopsSimulator
import PrometheusMetrics
import RedisStreams
import Testing

@Suite("End to end: what becomes of the request budget", .tags(.servers), .timeLimit(.minutes(5)))
struct BudgetTests {
    private static func identify(_ number: Int, _ traits: JSONObject) -> [UInt8] {
        var all: JSONObject = ["email": "ann@example.com"]
        for (key, value) in traits { all[key] = value }
        let event: JSONValue = [
            "type": "identify", "messageId": .string("i-\(number)"), "userId": "ann", "traits": .object(all),
        ]
        return event.serialized()
    }

    private static func sent(_ simulator: LoopsSimulator) -> [JSONValue] {
        simulator.requests().filter(\.isCommitted).compactMap { try? JSONParser.parse($0.body) }
    }

    @Test("Identifies that wait behind a request become one update, and all of them are acknowledged after it")
    func merges() async throws {
        var simulation = SimulatorConfiguration.unlimited
        // The first request waits until the others are there.
        simulation.faults = [FaultRule("held back", .stall(.before), remaining: 1)]
        try await Harness.run(simulation: simulation) { harness in
            try await harness.publish([Self.identify(0, ["plan": "pro"])])
            _ = await harness.simulator.wait { $0.journal.appended > 0 }
            try await harness.publish((1...9).map { Self.identify($0, $0 < 6 ? ["plan": "pro"] : ["p\($0)": "x"]) })
            await harness.bridge.confirmedEnds.reached(10)
            let sent = Self.sent(harness.simulator)
            // The first one's retry may say it all, or the rest came a moment later.
            #expect(sent.count <= 3)
            let last = try #require(sent.last)
            for key in ["p6", "p7", "p8", "p9"] { #expect(last[key] == "x") }
            #expect(harness.bridge.status.ends.delivered == 10)
            #expect(try await harness.pending() == 0)
            let metrics = harness.registry.exposition(.text)
            #expect(!metrics.contains(#"loops_bridge_events_coalesced_total{kind="merged"} 0"#))
        }
    }

    @Test("A refusal of a merged update parts it: the good ones are delivered, the bad one alone is a dead letter")
    func parted() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [FaultRule("held back", .stall(.before), remaining: 1)]
        try await Harness.run(simulation: simulation) { harness in
            try await harness.publish([Self.identify(0, ["p0": "x"])])
            _ = await harness.simulator.wait { $0.journal.appended > 0 }
            // Loops takes no property that begins with a digit or is an object; the mapping lets it through.
            let bad = Self.identify(3, ["userGroup": "g", "mailingLists": ["no-such-list": true]])
            try await harness.publish(
                [1, 2].map { Self.identify($0, ["p\($0)": "x"]) } + [bad] + [Self.identify(4, ["p4": "x"])]
            )
            await harness.bridge.confirmedEnds.reached(5)
            let letters = try await harness.deadLetters()
            #expect(letters.count == 1 && letters.first?["reason"] == "refused")
            #expect(harness.bridge.status.ends.delivered == 4)
            var seen: Set<String> = []
            for body in Self.sent(harness.simulator) { seen.formUnion(body.objectValue?.keys ?? []) }
            #expect(seen.isSuperset(of: ["p0", "p1", "p2", "p4"]) && !seen.contains("userGroup"))
        }
    }

    @Test("Two replicas share one limit: together never more than it in any second, and both send")
    func shared() async throws {
        let limit = 40
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let change: @Sendable (inout BridgeConfiguration) -> Void = {
                    $0.rateLimit = Double(limit)
                    $0.coalescing = .off
                }
                var first = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1", change)
                first.instance = "first"
                first.loops.userAgent = "first"
                var second = first
                second.instance = "second"
                second.loops.userAgent = "second"
                let both = (first, second)
                try await Harness.carry(both.0, redis, simulator) { one in
                    try await Harness.carry(both.1, redis, simulator) { two in
                        while one.bridge.status.streams[0].members < 2 || two.bridge.status.streams[0].owned == 0 {
                            await Task.yield()
                        }
                        try await one.publish(Harness.events(200))
                        _ = await simulator.wait { simulation in
                            simulation.journal.elements().count { $0.isCommitted } >= 200
                        }
                    }
                }
                let requests = simulator.requests().sorted { $0.arrivalNanoseconds < $1.arrivalNanoseconds }
                #expect(Set(requests.compactMap { $0.headers.first { $0.name == "user-agent" }?.value }).count == 2)
                // A busy machine may let some come later than they started, never earlier: over a long time that evens out.
                let took = Double(requests[199].arrivalNanoseconds - requests[0].arrivalNanoseconds) / 1e9
                #expect(took > 199 / Double(limit) - 0.05)
            }
        }
    }

    @Test("Loops' own limit is learned from its answers, and shown")
    func learned() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.limiter = RateLimiterConfiguration(kind: .fixedFirst, limit: 500)
        try await Harness.run(simulation: simulation, change: { $0.rateLimit = nil }) { harness in
            try await harness.publish(Harness.events(60))
            await harness.bridge.confirmedEnds.reached(60)
            #expect(harness.bridge.status.delivery.limit == 500)
            harness.bridge.refreshGauges()
            #expect(harness.registry.exposition(.text).contains("loops_bridge_ratelimit_limit 500"))
        }
    }
}
