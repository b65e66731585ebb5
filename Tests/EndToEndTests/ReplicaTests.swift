import Bridge
import Destination
import DevKit
import Foundation
import Logging
import Loops
import LoopsSimulator
import Metrics
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("Replicas share a group", .tags(.servers), .timeLimit(.minutes(5)))
struct ReplicaTests {
    @Test("A second replica gets its fair share; when it leaves, the first has all again, and order holds throughout")
    func joinAndLeave() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(200))
            try await Self.withReplica(harness) { second in
                try await harness.owns(32)
                try await Self.owns(second, 32, harness.client)
                try await harness.publish(Harness.events(200, from: 200))
                await harness.simulator.waitForEffects(count: 400)
                #expect(second.status.ends.delivered > 0)
            }
            try await harness.owns(64)
            try await harness.publish(Harness.events(200, from: 400))
            await harness.simulator.waitForEffects(count: 600)
            try await harness.settled()
            let audit = harness.audit
            #expect(audit.isClean && audit.repeated == 0)
            #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 600)
        }
    }

    @Test("What another program left pending is delivered first, in order")
    func adoption() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                let client = RedisClient(configuration: configuration.redis, logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    _ = try await client.createGroup(Harness.stream, group: configuration.group)
                    try await Harness.publish(Harness.events(100), client)
                    for (consumer, count) in [("worker-1", "30"), ("worker-2", "30")] {
                        _ = try await client.send(
                            RedisCommand(
                                "XREADGROUP",
                                [
                                    "GROUP", .string(configuration.group), .string(consumer), "COUNT",
                                    .string(count), "STREAMS", .string(Harness.stream), ">",
                                ]
                            )
                        )
                    }
                }
                try await Harness.carry(configuration, redis, simulator) { harness in
                    await harness.bridge.confirmedEnds.reached(100)
                    let pending = try await harness.pending()
                    #expect(pending == 0)
                    #expect(harness.audit.isClean && harness.audit.committed == 100)
                }
            }
        }
    }

    @Test("A process that dies while Loops does not answer blames no event for it, however often")
    func killedDuringRequests() async throws {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [FaultRule("never answered", on: FaultMatch(userID: "poison"), .stall(.before))]
        let settled = simulation
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(settled) { simulator, ports in
                let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    try await Harness.publish(Harness.events(40) + [Self.poison] + Harness.events(40, from: 40), client)
                    let environment = [
                        "BRIDGE_MAX_CRASHES": "3", "BRIDGE_LEASE_SECONDS": "2", "BRIDGE_HEARTBEAT_SECONDS": "0.2",
                        "LOOPS_REQUEST_TIMEOUT_SECONDS": "1",
                    ]
                    for death in 1...5 {
                        try await Program.run(
                            redis: redis.url,
                            loops: "\(ports.baseURL)/v1",
                            key: TeamSeed.defaultKey,
                            environment: environment
                        ) { child in
                            // The process dies while its request is under way.
                            _ = await simulator.wait { simulation in
                                simulation.journal.elements().count { $0.userID == "poison" } >= death
                            }
                            child.send(SIGKILL)
                            await child.exited()
                        }
                    }
                    #expect(try await client.length("{\(Harness.stream)}:dead") == 0)
                    #expect(DeliveryAudit(simulator.evidence()).outOfOrder.isEmpty)
                }
            }
        }
    }

    private static let poison = Array(
        #"{"type":"identify","messageId":"p","userId":"poison","traits":{"email":"poison@example.com"}}"#.utf8
    )

    /// A second replica beside the harness' own.
    static func withReplica(
        _ harness: Harness,
        change: (inout BridgeConfiguration) -> Void = { _ in },
        _ body: @Sendable @escaping (Bridge) async throws -> Void
    ) async throws {
        var configuration = harness.configuration
        configuration.instance = "second"
        change(&configuration)
        let settled = configuration
        try await LoopsClient.withClient(settled.loops) { loops in
            let bridge = Bridge(
                configuration: settled,
                destination: .presets,
                loops: loops,
                factory: NOOPMetricsHandler.instance,
                logger: .quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await bridge.run() }
                do { try await body(bridge) } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// Waits until a bridge owns so many partitions. A blocking read of an empty stream sets the pace.
    static func owns(_ bridge: Bridge, _ count: Int, _ client: RedisClient) async throws {
        while bridge.status.streams.first?.owned != count {
            _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
        }
    }
}

extension Harness {
    func owns(_ count: Int) async throws {
        try await ReplicaTests.owns(bridge, count, client)
    }

    func settled() async throws { try await Self.settled(client) }

    /// Waits until the group has read all and nothing is pending.
    static func settled(_ client: RedisClient) async throws {
        while true {
            let last = try await client.streamInfo(stream).lastGeneratedID
            let group = try await client.groupInfos(stream).first { $0.name == "loops-bridge" }
            if let group, group.pending == 0, group.lastDeliveredID == last { return }
            _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
        }
    }
}
