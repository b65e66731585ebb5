import Bridge
import LoopsSimulator
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev
@testable import torture

/// Breaks a run at its first step, then at its second, … until a run has no such step any more.
@Suite("Step by step: whatever breaks where, the promises hold", .tags(.servers), .timeLimit(.minutes(5)))
struct StepByStepTests {
    private static let count = 12
    /// Steps that every run has: connections are greeted, the group is opened, leases are taken, entries are routed, pulled, acknowledged.
    private static let fewest = 10

    @Test("The link to Redis breaks before and after a call has reached it", arguments: [false, true])
    func redis(afterPassing: Bool) async throws {
        var step = 1
        while try await isReached(cutAt: step, afterPassing: afterPassing) { step += 1 }
        #expect(step > Self.fewest)
    }

    /// - Returns: whether there was such a step.
    private func isReached(cutAt step: Int, afterPassing: Bool) async throws -> Bool {
        let relay = Mutexed<TCPRelay?>(nil)
        try await Harness.run(
            relay: { port in
                let made = try await TCPRelay.start(to: port)
                made.cut(atChunk: step, afterPassing: afterPassing)
                relay.with { $0 = made }
                return made.port
            },
            change: { $0.redis.backoffBase = .milliseconds(1) }
        ) { harness in
            try await harness.publish(Harness.events(Self.count, contacts: 3))
            await harness.bridge.confirmedEnds.reached(Self.count)
            try await check(harness, "link cut at step \(step)")
        }
        let made = relay.with { $0 }
        defer { made?.cut() }
        return made?.hasCut ?? false
    }

    @Test("The answer to a call is lost when all is quiet, and nothing else comes that would wake the bridge")
    func lostAnswers() async throws {
        let relay = Mutexed<TCPRelay?>(nil)
        try await Harness.run(
            relay: { port in
                let made = try await TCPRelay.start(to: port)
                relay.with { $0 = made }
                return made.port
            },
            change: { configuration in
                configuration.redis.backoffBase = .milliseconds(1)
                // No heartbeat mends what the lost answer left.
                configuration.heartbeat = .seconds(100)
                configuration.lease = .seconds(300)
            }
        ) { harness in
            var published = 3
            try await harness.publish(Harness.events(published, contacts: 3))
            await harness.bridge.confirmedEnds.reached(published)
            // The route with what it gives, the acknowledgement.
            for step in 1...2 {
                relay.with { $0?.cut(atChunk: step, afterPassing: true) }
                try await harness.publish(Harness.events(1, from: published, contacts: 1))
                published += 1
                await harness.bridge.confirmedEnds.reached(published)
            }
            #expect(relay.with { $0?.hasCut } == true)
            #expect(harness.audit.outOfOrder.isEmpty && harness.audit.appliedTwice.isEmpty)
        }
        relay.with { $0 }?.cut()
    }

    @Test(
        "A call of Loops breaks",
        arguments: [
            FaultAction.disconnect(reset: true, .before), .disconnect(reset: true, .afterCommit),
            .respond(status: 500, .html, .before), .respond(status: 500, .html, .afterCommit), .garbage,
        ]
    )
    func loops(_ action: FaultAction) async throws {
        for step in 1...(Self.count + 1) {
            var simulation = SimulatorConfiguration.unlimited
            simulation.faults = [FaultRule("step \(step)", action, nth: step)]
            try await Harness.run(simulation: simulation) { harness in
                try await harness.publish(Harness.events(Self.count, contacts: 3))
                await harness.bridge.confirmedEnds.reached(Self.count)
                try await check(harness, "request \(step)")
            }
        }
    }

    private func check(_ harness: Harness, _ what: String) async throws {
        let audit = harness.audit
        #expect(audit.outOfOrder.isEmpty && audit.unfinished.isEmpty, "\(what)")
        #expect(audit.overlapping.isEmpty && audit.appliedTwice.isEmpty, "\(what)")
        #expect(audit.applied.values.reduce(0) { $0 + $1.count } == Self.count, "\(what)")
        #expect(try await harness.deadLetters().isEmpty, "\(what)")
    }
}
