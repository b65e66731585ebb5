import Bridge
import DevKit
import LoopsSimulator
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

@Suite("Sentinels and clusters, end to end", .tags(.servers, .redis7), .timeLimit(.minutes(5)))
struct TopologyTests {
    @Test("A failover during traffic: nothing lost, order kept", arguments: [false, true])
    func sentinel(primaryLivesOn: Bool) async throws {
        try await RedisSentinels.run { sentinels in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: sentinels.url, loops: "\(ports.baseURL)/v1") {
                    $0.redis.backoffCap = .milliseconds(200)
                }
                try await Harness.carry(configuration, sentinels.primary, simulator) { harness in
                    try await harness.publish(Harness.events(2000))
                    // The standby has every event before the primary ends; it may lack acknowledgements.
                    _ = try await harness.client.send(RedisCommand("WAIT", ["1", "20000"]))
                    await simulator.waitForEffects(count: 300)
                    if primaryLivesOn {
                        try await sentinels.failOver()
                    } else {
                        await sentinels.primary.stop(SIGKILL)
                        try await sentinels.standbyTookOver()
                    }
                    try await Self.everythingEnded(sentinels.standby, 2000)
                    let audit = harness.audit
                    #expect(audit.outOfOrder.isEmpty && audit.unfinished.isEmpty && audit.appliedTwice.isEmpty)
                    #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 2000)
                }
            }
        }
    }

    @Test("Several streams over the servers of a cluster, one of them moved during traffic")
    func cluster() async throws {
        let streams = ["{a}:events", "{b}:events", "{c}:events"]
        try await RedisCluster.run { cluster in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: cluster.url, loops: "\(ports.baseURL)/v1") {
                    $0.streams = streams.map { .init(name: $0) }
                    $0.redis.backoffCap = .milliseconds(200)
                }
                #expect(configuration.clusterFault == nil)
                try await Harness.carry(configuration, cluster.primaries[0], simulator) { harness in
                    for stream in streams {
                        var redis = configuration.redis
                        redis.slotKey = stream
                        try await Self.publish(1000, to: stream, redis)
                    }
                    await simulator.waitForEffects(count: 300)
                    let slot = HashSlot(streams[0]).number
                    let source = cluster.primaries[min(slot / 5461, 2)]
                    let target = try #require(cluster.primaries.first { $0.port != source.port })
                    try await cluster.beginMove(of: slot, from: source, to: target)
                    try await cluster.moveKeys(of: slot, from: source, to: target)
                    try await cluster.endMove(of: slot, to: target)
                    await harness.bridge.confirmedEnds.reached(3000)
                    let audit = harness.audit
                    #expect(audit.outOfOrder.isEmpty && audit.unfinished.isEmpty && audit.appliedTwice.isEmpty)
                    #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 3000)
                }
            }
        }
    }

    @Test("Names that cannot share a slot are refused on a cluster, and only there")
    func names() throws {
        var configuration = try Harness.configuration(redis: "redis+cluster://a", loops: "http://h")
        #expect(configuration.clusterFault == nil)
        configuration.deadLetterStream = "letters"
        #expect(configuration.clusterFault?.contains("bridge.deadLetterStream") == true)
        configuration.deadLetterStream = nil
        configuration.streams = [.init(name: "odd}name")]
        #expect(configuration.clusterFault?.contains("bridge.streams") == true)
        configuration.redis = .local
        #expect(configuration.clusterFault == nil)
    }

    /// Publishes events whose contacts belong to one stream.
    private static func publish(_ count: Int, to stream: String, _ redis: RedisConfiguration) async throws {
        let client = RedisClient(configuration: redis, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            let commands = Harness.events(count, suffix: stream).map {
                RedisCommand("XADD", [.string(stream), "*", "event", .bytes($0)])
            }
            for answer in try await client.pipeline(commands, timeout: .seconds(30)) { _ = try answer.get() }
        }
    }

    private static func everythingEnded(_ server: RedisServer, _ count: Int) async throws {
        let client = RedisClient(configuration: try RedisConfiguration(url: server.url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            try await Harness.settled(client)
        }
    }
}
