import DevKit
import JSON
import Loops
import LoopsSimulator
import PrometheusMetrics
import RedisStreams
import StreamGroups
import Testing

@testable import Bridge
@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev
@testable import torture

@Suite("The state tells the truth, end to end", .tags(.servers), .timeLimit(.minutes(3)))
struct HonestStateTests {
    @Test(
        "A process that cannot reach Loops is not healthy and says why, before the first event; then it finds Loops by itself"
    )
    func neverReached() async throws {
        try await Harness.run(change: { $0.triesKeyAtStart = true }) { harness in
            let healthy = try await harness.status { $0.health.state == .healthy }
            #expect(healthy.health.reasons.isEmpty)
        }
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1") {
                    $0.triesKeyAtStart = true
                }
                try await simulator.refuseConnections(milliseconds: 1500)
                try await Harness.carry(configuration, redis, simulator) { harness in
                    let held = try await harness.status { status in
                        status.health.reasons.contains {
                            $0.contains("was not reached since") && $0.contains("Connection refused")
                        }
                    }
                    #expect(held.health.state == .blocked)
                    #expect(try await harness.status { $0.health.state == .healthy }.health.reasons.isEmpty)
                    #expect(harness.bridge.status.ends.total == 0, "without an event that asks")
                }
            }
        }
    }

    @Test(
        "A wrong base address holds everything and is named; no event is dead-lettered for it",
        arguments: [true, false]
    )
    func wrongAddress(isTriedAtStart: Bool) async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                // The simulator's API is under /api/v1, and it answers JSON for what it does not know.
                let configuration = try Harness.configuration(redis: redis.url, loops: ports.baseURL) {
                    $0.triesKeyAtStart = isTriedAtStart
                }
                try await Harness.carry(configuration, redis, simulator) { harness in
                    try await harness.publish(Harness.events(20))
                    let status = try await harness.status {
                        $0.delivery.hold == "wrongAddress" && $0.delivery.buffered == 20
                    }
                    #expect(status.health.state == .blocked && !status.isReady)
                    #expect(
                        status.health.reasons.contains { $0.contains("is not at \(ports.baseURL)") },
                        "\(status.health)"
                    )
                    #expect(status.checks.contains { $0.name == "address" && $0.problem != nil })
                    // Probes go on, and change nothing.
                    await simulator.waitForRequests(count: 5)
                    let (letters, pending) = (try await harness.deadLetters(), try await harness.pending())
                    #expect(letters.isEmpty && pending == 20)
                }
            }
        }
    }

    @Test("After a mended key every replica goes on with its next try, announced and at most 1.5 s away")
    func mendedKey() async throws {
        let refused = FaultRule("refused", .respond(status: 401, .message("Invalid API key"), .before))
        try await Harness.run { harness in
            try await ReplicaTests.withReplica(harness) { second in
                try await harness.owns(32)
                _ = harness.simulator.inject(refused)
                try await harness.publish(Harness.events(200))
                try await harness.status { $0.delivery.hold == "unauthorized" }
                try await Self.until(harness.client) { second.status.delivery.hold == "unauthorized" }
                // They are refused for so long that patience would have grown.
                let tries = harness.simulator.requests().count
                await harness.simulator.waitForRequests(count: tries + 10)
                let next = try await harness.status { $0.delivery.nextTrySeconds != nil }.delivery.nextTrySeconds
                #expect((next ?? 9) <= 1.5)
                try await Self.until(harness.client) { second.status.delivery.nextTrySeconds != nil }
                #expect((second.status.delivery.nextTrySeconds ?? 1.5) <= 1.5, "nil: its try is under way")
                let held = try await harness.status { $0.backlog.waiting == 200 }
                #expect(held.backlog.drainSeconds == nil, "nothing moves")
                harness.simulator.clearFaults()
                // The next try of each, at most 1.5 s away, ends it: by how much later depends on the machine, so no clock is asked here.
                try await Self.until(harness.client) {
                    harness.bridge.status.delivery.hold == "none" && second.status.delivery.hold == "none"
                }
                try await harness.settled()
                #expect(harness.audit.isClean)
            }
        }
    }

    @Test("Most events refused by Loops: degraded, with the figure and the reason")
    func refusedEvents() async throws {
        try await Harness.run { harness in
            let rule = FaultRule(
                "bad",
                on: FaultMatch(path: "/v1/*"),
                .respond(status: 400, .message("Invalid email"), .before)
            )
            _ = harness.simulator.inject(rule)
            try await harness.publish(Harness.events(40))
            let status = try await harness.status { $0.ends.deadLettered == 40 }
            let health = status.health
            #expect(health.state == .degraded && status.isReady)
            #expect(
                health.reasons.contains {
                    $0.hasPrefix("40 of the last 5 minutes' 40 events (100 %)") && $0.contains("refused, status 400")
                },
                "\(health)"
            )
        }
    }

    @Test("A burst of 429 is degraded as long as it lasts, with the pace that goes out")
    func refusedForRate() async throws {
        try await Harness.run(change: { $0.rateLimit = 50 }) { harness in
            let rule = FaultRule("over", .respond(status: 429, .message("Rate limit exceeded"), .before))
            _ = harness.simulator.inject(rule)
            try await harness.publish(Harness.events(40))
            let status = try await harness.status { ($0.delivery.pace ?? 50) <= 1 && $0.delivery.buffered == 40 }
            #expect(status.health.state == .degraded, "\(status.health)")
            let told = ["slowed to 0.", "slowed to 1/s", "all replicas pause"]
            #expect(status.health.reasons.contains { reason in told.contains { reason.hasPrefix($0) } })
        }
    }

    @Test("A limiter that answers with an error holds, is counted, and says what Redis said")
    func limiter() async throws {
        try await Harness.run(change: { $0.rateLimit = 100 }) { harness in
            let key = GroupKeys.limiter(apiKey: harness.configuration.loops.apiKey)
            _ = try await harness.client.send(RedisCommand("SET", [.string(key), "not a hash"]))
            try await harness.publish(Harness.events(5))
            let held = try await harness.status { status in
                status.health.reasons.contains { $0.contains("rate limiter") && $0.contains("WRONGTYPE") }
            }
            #expect(held.health.state == .blocked)
            harness.bridge.refreshGauges()
            let metrics = harness.registry.exposition(.text)
            let failed = metrics.split(separator: "\n").first { $0.contains(#"permits_total{outcome="error"}"#) }
            #expect(failed.map { !$0.hasSuffix(" 0") } == true, "\(failed ?? "no series")")
            _ = try await harness.client.send(RedisCommand("DEL", [.string(key)]))
            try await harness.settled()
            #expect(try await harness.status { $0.health.state == .healthy }.health.reasons.isEmpty)
        }
    }

    @Test("redis:// to a cluster of one server: everything arrives, and the right form of the address is named")
    func clusterOfOne() async throws {
        try await RedisCluster.runOne { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let api = "\(ports.baseURL)/v1"
                let configuration = try Harness.configuration(redis: redis.url, loops: api) { $0.rateLimit = 1000 }
                let form = "redis+cluster://127.0.0.1:\(redis.port)"
                try await Harness.carry(configuration, redis, simulator) { harness in
                    try await harness.publish(Harness.events(100))
                    try await harness.settled()
                    #expect(harness.audit.isClean && harness.audit.committed == 100)
                    let health = try await harness.status { $0.health.state == .degraded }.health
                    #expect(health.reasons.contains { $0.contains(form) }, "\(health)")
                }
                let environment = ["LOOPS_BASE_URL": api, "LOOPS_API_KEY": TeamSeed.defaultKey]
                let checked = try await Program.ask(["check", "--connect"], redis: redis.url, environment: environment)
                #expect(checked.status == "1" && checked.lines.contains { $0.contains(form) }, "\(checked)")
            }
        }
    }

    @Test(
        "check names the right form for a sentinel's port, for a server that is no cluster and for one that is no sentinel; and a wrong base address"
    )
    func addressForms() async throws {
        try await RedisSentinels.run { sentinels in
            let places = sentinels.url.replacing("redis+sentinel://", with: "").split(separator: "/")
            let sentinel = places[0].split(separator: ",")[0]
            let primary = "127.0.0.1:\(sentinels.primary.port)"
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let environment = ["LOOPS_BASE_URL": ports.baseURL, "LOOPS_API_KEY": TeamSeed.defaultKey]
                for (address, words) in [
                    ("redis://\(sentinel)", "redis+sentinel://\(sentinel)/NAME"),
                    ("redis://\(sentinel)", "NAME is \(places[1])"),
                    ("redis+cluster://\(primary)", "set redis.url to redis://\(primary)"),
                    ("redis+sentinel://\(primary)/x", "set redis.url to redis://\(primary)"),
                ] {
                    let checked = try await Program.ask(
                        ["check", "--connect"],
                        redis: address,
                        environment: environment
                    )
                    #expect(
                        checked.status == "1" && checked.lines.contains { $0.contains(words) },
                        "\(address): \(checked)"
                    )
                    #expect(
                        checked.lines.contains { $0.contains("Loops' API is not at \(ports.baseURL)") },
                        "\(checked)"
                    )
                }
            }
        }
    }

    @Test("A proxy that ignores BLOCK is asked about once a second, and events still arrive")
    func ignoredBlock() async throws {
        let relay = Mutexed<TCPRelay?>(nil)
        try await Harness.run(
            relay: { port in
                let made = try await TCPRelay.start(to: port)
                made.ignoreBlock()
                relay.with { $0 = made }
                return made.port
            },
            body: { harness in
                try await harness.publish(Harness.events(20))
                try await harness.settled()
                // Until it has noticed.
                _ = try await harness.client.read(stream: "nothing", after: .zero, count: 1, block: .seconds(3))
                let before = try await Self.reads(harness.client)
                _ = try await harness.client.read(stream: "nothing", after: .zero, count: 1, block: .seconds(3))
                let reads = try await Self.reads(harness.client) - before
                #expect((1...30).contains(reads), "\(reads) reads in three seconds of two connections")
                try await harness.publish(Harness.events(20, from: 20))
                try await harness.settled()
                #expect(harness.audit.isClean && harness.audit.committed == 40)
            }
        )
        await relay.with { $0 }?.stop()
    }

    /// Calls of XREAD that the server has seen.
    private static func reads(_ client: RedisClient) async throws -> Int {
        let info = try await client.send(RedisCommand("INFO", ["commandstats"])).text ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_xread:calls=") } ?? ""
        return line.split(separator: ",").first.flatMap { Int($0.split(separator: "=")[1]) } ?? 0
    }

    /// A blocking read of an empty stream sets the pace.
    static func until(_ client: RedisClient, _ condition: () -> Bool) async throws {
        while !condition() {
            _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
        }
    }
}

extension Harness {
    /// Waits until the status is of a kind.
    @discardableResult
    func status(_ matches: (BridgeStatus) -> Bool) async throws -> BridgeStatus {
        var status = bridge.status
        try await HonestStateTests.until(client) {
            status = bridge.status
            return matches(status)
        }
        return status
    }
}
