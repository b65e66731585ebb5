import Bridge
import Destination
import DevKit
import Foundation
import JSON
import Logging
import Loops
import LoopsSimulator
import MetricCatalog
import Metrics
import PrometheusMetrics
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

/// A real redis-server, the simulator, and the bridge in this process, for as long as `body` runs.
struct Harness: Sendable {
    static let stream = "segment:events"

    let redis: RedisServer
    let client: RedisClient
    let simulator: LoopsSimulator
    let bridge: Bridge
    let registry: MetricRegistry
    let configuration: BridgeConfiguration

    /// - Parameters:
    ///   - relay: gives the port to connect to instead of Redis' own.
    ///   - change: to what the bridge is told.
    static func run(
        simulation: SimulatorConfiguration = .unlimited,
        appendOnly: Bool = false,
        relay: @Sendable @escaping (Int) async throws -> Int = { $0 },
        change: @Sendable @escaping (inout BridgeConfiguration) -> Void = { _ in },
        body: @Sendable @escaping (Harness) async throws -> Void
    ) async throws {
        try await RedisServer.run(appendOnly: appendOnly, arguments: ["--appendfsync", "always"]) { redis in
            try await LoopsSimulator.withRunning(simulation) { simulator, ports in
                let url = "redis://127.0.0.1:\(try await relay(redis.port))"
                let configuration = try Self.configuration(redis: url, loops: "\(ports.baseURL)/v1", change)
                try await Self.carry(configuration, redis, simulator, body)
            }
        }
    }

    static func configuration(
        redis: String,
        loops: String,
        _ change: (inout BridgeConfiguration) -> Void = { _ in }
    ) throws -> BridgeConfiguration {
        var configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: redis),
            loops: LoopsConfiguration(
                baseURL: loops,
                apiKey: TeamSeed.defaultKey,
                requestTimeout: .seconds(2),
                userAgent: "loops-bridge/test"
            ),
            instance: "test"
        )
        configuration.rateLimit = 0
        // Faults of tests count requests; the first of them is to be an event's.
        configuration.triesKeyAtStart = false
        configuration.checksAccount = false
        configuration.retry = RetryPolicy(base: .milliseconds(5), cap: .milliseconds(100))
        // No fault of these tests applies a request later than that.
        configuration.lateEffect = .milliseconds(300)
        configuration.shutdownGrace = .seconds(5)
        configuration.lease = .seconds(3)
        configuration.heartbeat = .milliseconds(250)
        change(&configuration)
        return configuration
    }

    static func carry(
        _ configuration: BridgeConfiguration,
        _ redis: RedisServer,
        _ simulator: LoopsSimulator,
        _ body: @Sendable @escaping (Harness) async throws -> Void
    ) async throws {
        let quiet = Logger.quiet
        // Straight to the server, also when the bridge goes over a relay.
        let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: quiet)
        let registry = MetricRegistry(descriptions: MetricDescription.bridge)
        let factory = PrometheusMetricsFactory(registry: registry)
        try await LoopsClient.withClient(configuration.loops) { loops in
            let bridge = Bridge(
                configuration: configuration,
                destination: .presets,
                loops: loops,
                factory: factory,
                logger: quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                group.addTask { try await bridge.run() }
                let harness = Harness(
                    redis: redis,
                    client: client,
                    simulator: simulator,
                    bridge: bridge,
                    registry: registry,
                    configuration: configuration
                )
                do {
                    try await body(harness)
                } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// Adds events to the stream, in order.
    func publish(_ events: [[UInt8]]) async throws { try await Self.publish(events, client) }

    static func publish(_ events: [[UInt8]], _ client: RedisClient) async throws {
        let commands = events.map {
            RedisCommand("XADD", [.string(Self.stream), "*", "event", .bytes($0)])
        }
        for answer in try await client.pipeline(commands, timeout: .seconds(30)) { _ = try answer.get() }
    }

    /// Good events of some contacts, each with its contact's sequence number.
    /// - Parameters:
    ///   - first: the number of the first event; those before it are thought of as published.
    ///   - suffix: tells these contacts from those of another stream.
    static func events(_ count: Int, from first: Int = 0, contacts: Int = 50, suffix: String = "") -> [[UInt8]] {
        var sequence: [Int: Int64] = [:]
        let events: [[UInt8]] = (0..<(first + count)).map { number in
            let contact = (number * 7919) % contacts
            sequence[contact, default: 0] += 1
            let seq = JSONValue.int(sequence[contact] ?? 0)
            let user = JSONValue.string("user-\(contact)\(suffix)")
            let email = JSONValue.string("user-\(contact)\(suffix.filter(\.isLetter))@example.com")
            let event: JSONValue =
                number % 2 == 0
                ? [
                    "type": "identify", "messageId": .string("m-\(number)\(suffix)"), "userId": user,
                    "traits": ["email": email, "seq": seq],
                ]
                : [
                    "type": "track", "messageId": .string("m-\(number)\(suffix)"), "userId": user, "event": "Tested",
                    "properties": ["email": email, "seq": seq],
                ]
            return event.serialized()
        }
        return Array(events.dropFirst(first))
    }

    /// How many entries are pending in the group.
    func pending() async throws -> Int {
        try await client.pendingSummary(Self.stream, group: configuration.group).count
    }

    /// The dead letters, as name to value.
    func deadLetters() async throws -> [[String: String]] {
        try await client.range("{\(Self.stream)}:dead", count: 1000).map { entry in
            Dictionary(
                (entry.fields ?? []).map {
                    (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
                },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    var audit: DeliveryAudit { DeliveryAudit(simulator.evidence()) }
}

extension Harness {
    /// Stops a bridge in the middle and checks that what was applied was acknowledged, and the rest is still there.
    static func stopped(
        _ configuration: BridgeConfiguration,
        _ redis: RedisServer,
        _ simulator: LoopsSimulator,
        after effects: Int,
        of count: Int
    ) async throws {
        try await carry(configuration, redis, simulator) { harness in
            try await harness.publish(Harness.events(count))
            _ = await simulator.waitForEffects(count: effects)
        }
        let applied = simulator.effects().count
        #expect(applied < count)
        let quiet = Logger.quiet
        let client = RedisClient(configuration: configuration.redis, logger: quiet)
        // What Loops applied after the client's timeout, on a slow machine, is sent again; nothing else is.
        var unanswered: Int { simulator.withSimulation { Int($0.statistics.appliedUnanswered) } }
        let left = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            let info = try #require(try await client.groupInfos(stream).first)
            return try await client.range(stream, from: info.lastDeliveredID.next ?? .max, count: count).count
                + info.pending
        }
        let first = DeliveryAudit(simulator.evidence())
        let missing = count - (first.committed - first.repeated)
        #expect(missing...missing + unanswered ~= left, "delivered and not acknowledged, or the other way round")
        try await carry(configuration, redis, simulator) { harness in
            await harness.bridge.confirmedEnds.reached(left)
        }
        let audit = DeliveryAudit(simulator.evidence())
        #expect(audit.isClean)
        #expect(audit.committed - audit.repeated == count && audit.repeated <= unanswered)
    }
}

extension SimulatorConfiguration {
    /// As documented, without a rate limit.
    static var unlimited: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.limiter.limit = 0
        return configuration
    }
}
