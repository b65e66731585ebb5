import Bridge
import DevKit
import LoopsSimulator
import PrometheusMetrics
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(
    "End to end: events leave Redis, become requests, are answered and acknowledged",
    .tags(.servers),
    .timeLimit(.minutes(5))
)
struct DeliveryTests {
    @Test("Every event ends once, in order, and leaves the pending list")
    func carries() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(1000))
            await harness.bridge.confirmedEnds.reached(1000)
            #expect(harness.bridge.status.ends.delivered == 1000)
            #expect(try await harness.pending() == 0)
            let audit = harness.audit
            #expect(audit.isClean)
            #expect(audit.committed == 1000 && audit.requests == 1000)
        }
    }

    @Test("An entry that is pending in a partition without anybody's word of it is found and delivered")
    func unheardOf() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(1))
            await harness.bridge.confirmedEnds.reached(1)
            // In one step, so that the bridge finds nothing to route.
            let script = """
                redis.call('XADD', KEYS[1], '*', 'event', ARGV[1])
                redis.call('XREADGROUP', 'GROUP', ARGV[2], 'p07', 'STREAMS', KEYS[1], '>')
                """
            let event = try #require(Harness.events(1, from: 1).first)
            let arguments = [RedisArgument.bytes(event), .string(harness.configuration.group)]
            let call = RedisCommand("EVAL", [.string(script), "1", .string(Harness.stream)] + arguments)
            _ = try await harness.client.send(call)
            await harness.bridge.confirmedEnds.reached(2)
            #expect(try await harness.pending() == 0 && harness.audit.committed == 2)
        }
    }

    @Test("No entry is acknowledged before its delivery")
    func ackFollowsDelivery() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [FaultRule("held back", .stall(.before), remaining: 1)]
        try await Harness.run(simulation: simulation) { harness in
            try await harness.publish(Harness.events(1))
            // The first request hangs until its time is up; the entry is pending all the while.
            _ = await harness.simulator.wait { $0.journal.appended > 0 }
            #expect(try await harness.pending() == 1)
            await harness.bridge.confirmedEnds.reached(1)
            #expect(try await harness.pending() == 0)
            #expect(harness.audit.committed == 1)
        }
    }

    @Test("Whatever Loops does, every event is applied, in order, events once", arguments: Faults.allCases)
    func faults(_ fault: Faults) async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = fault.rules
        try await Harness.run(simulation: simulation) { harness in
            let count = fault == .stall ? 100 : 300
            try await harness.publish(Harness.events(count, contacts: 20))
            await harness.bridge.confirmedEnds.reached(count)
            #expect(harness.bridge.status.ends.delivered == count)
            let audit = harness.audit
            #expect(audit.outOfOrder.isEmpty && audit.unfinished.isEmpty && audit.appliedTwice.isEmpty)
            #expect(audit.applied.values.reduce(0) { $0 + $1.count } == count)
            #expect(try await harness.deadLetters().isEmpty)
        }
    }

    enum Faults: String, CaseIterable, Sendable {
        case serverError, badGateway, tooMany, resetBefore, appliedThenReset, appliedThenError, garbage, truncated,
            stall

        var rules: [FaultRule] {
            let action: FaultAction =
                switch self {
                case .serverError: .respond(status: 500, .message("Internal Server Error"), .before)
                case .badGateway: .respond(status: 502, .html, .before)
                case .tooMany: .respond(status: 429, .empty, .before)
                case .resetBefore: .disconnect(reset: true, .beforeCommit)
                case .appliedThenReset: .disconnect(reset: true, .afterCommit)
                case .appliedThenError: .respond(status: 500, .html, .afterCommit)
                case .garbage: .garbage
                case .truncated: .truncate(share: 0.5)
                // Before the key is taken: what a repeated request means while the first is in hand is another question.
                case .stall: .stall(.before)
                }
            // A 429 stops everybody for half a second or more, a stall its lane for the request's time: few of those.
            let isSlow = self == .tooMany || self == .stall
            return [FaultRule(rawValue, action, probability: isSlow ? 1 : 0.1, remaining: isSlow ? 3 : nil)]
        }
    }

    @Test("A refused key holds everything and dead-letters nothing; when it is good again all is delivered")
    func refusedKey() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [
            FaultRule("revoked", .respond(status: 401, .message("Invalid API key"), .before), remaining: 3)
        ]
        try await Harness.run(simulation: simulation) { harness in
            try await harness.publish(Harness.events(40))
            _ = await harness.simulator.wait { $0.journal.appended >= 1 }
            await harness.bridge.confirmedEnds.reached(40)
            #expect(harness.bridge.status.ends.delivered == 40)
            #expect(try await harness.deadLetters().isEmpty)
            #expect(harness.audit.isClean)
        }
    }

    @Test("A redis-server that is ended and started again in the middle loses nothing", arguments: [SIGTERM, SIGKILL])
    func redisRestart(signal: Int32) async throws {
        try await Harness.run(appendOnly: true) { harness in
            try await harness.publish(Harness.events(2000))
            _ = await harness.simulator.waitForEffects(count: 300)
            await harness.redis.stop(signal)
            try await harness.redis.start()
            // Redis may have acknowledged entries without its reply arriving: those are neither counted here nor delivered again. So Redis is asked.
            var isFinished = false
            while !isFinished {
                // A question on the connection that just broke fails.
                guard let info = try? await harness.client.groupInfos(Harness.stream).first,
                    let from = info.lastDeliveredID.next,
                    let behind = try? await harness.client.range(Harness.stream, from: from, count: 1)
                else { continue }
                isFinished = info.pending == 0 && behind.isEmpty
            }
            let audit = harness.audit
            #expect(audit.isClean)
            #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 2000)
        }
    }

    @Test("A group that was flushed away is made again, and what comes after is delivered")
    func flushed() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(10))
            await harness.bridge.confirmedEnds.reached(10)
            _ = try await harness.client.send(RedisCommand("FLUSHALL"))
            try await harness.publish(Harness.events(10))
            await harness.bridge.confirmedEnds.reached(20)
            #expect(
                harness.registry.exposition().contains(
                    #"loops_bridge_group_recreations_total{stream="segment:events"} 1"#
                )
            )
        }
    }

    @Test("A clean stop leaves nothing delivered and unacknowledged")
    func cleanStop() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                try await Harness.stopped(configuration, redis, simulator, after: 500, of: 3000)
            }
        }
    }
}
