import AsyncHTTPClient
import Bridge
import Hummingbird
import JSON
import Logging
import LoopsSimulator
import NIOCore
import PrometheusMetrics
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite(
    "A real Prometheus scrapes the bridge and evaluates the rules of deploy/",
    .tags(.servers),
    .timeLimit(.minutes(3))
)
struct PrometheusTests {
    @Test("Rates come back; an alert fires while Loops is down, says so, and ends when Loops is back")
    func outage() async throws {
        try await Harness.run { harness in
            try await HTTPClient.withHTTPClient { http in
                try await harness.admin { port in
                    let rules = try PrometheusServer.quickRules()
                    try await PrometheusServer.run(target: port, rules: rules, http: http) { prometheus in
                        try await flow(harness, prometheus)
                        try await outage(harness, prometheus)
                    }
                }
            }
        }
    }

    /// The value of a query that has one. On a busy machine a scrape may come too late, and until the next one there is none.
    private func known(_ query: String, _ harness: Harness, _ prometheus: PrometheusServer) async throws -> Double {
        while true {
            if let value = try await prometheus.value(query) { return value }
            try await harness.tick()
        }
    }

    private func flow(_ harness: Harness, _ prometheus: PrometheusServer) async throws {
        let rate = #"sum(rate(loops_bridge_deliveries_total{outcome="delivered"}[5s]))"#
        var published = 0
        while try await (prometheus.value(rate) ?? 0) <= 0 {
            try await harness.publish(Harness.events(5, from: published))
            published += 5
            try await harness.tick()
        }
        // By the recording rule as well, and with the program's own count.
        while try await (prometheus.value("sum(job:loops_bridge_deliveries:rate5m)") ?? 0) <= 0 {
            try await harness.publish(Harness.events(5, from: published))
            published += 5
            try await harness.tick()
        }
        await harness.bridge.confirmedEnds.reached(published)
        let delivered = #"sum(loops_bridge_entries_completed_total{outcome="delivered"})"#
        while try await prometheus.value(delivered) != Double(published) { try await harness.tick() }
        // Group gauges, looked at every two seconds, and what must be there from the start.
        while try await prometheus.value("max(loops_bridge_stream_length)") != Double(published) {
            try await harness.tick()
        }
        for (query, value) in [
            ("max(loops_bridge_partitions_unassigned)", 0), ("sum(loops_bridge_order_violations_total)", 0),
            ("sum(loops_bridge_dead_letters_total)", 0), ("max(loops_bridge_redis_up)", 1),
        ] {
            #expect(try await known(query, harness, prometheus) == Double(value), "\(query)")
        }
        #expect(try await known("sum(loops_bridge_event_age_seconds_count)", harness, prometheus) >= 0)
        let calls = #"sum(loops_bridge_redis_command_duration_seconds_count{command="heartbeat"})"#
        #expect(try await known(calls, harness, prometheus) > 0)
        // Only OpenMetrics has units: that is what was agreed on.
        #expect(try await prometheus.metadata("loops_bridge_event_age_seconds")?["unit"] == "seconds")
        #expect(try await prometheus.faults() == [])
        #expect(try await prometheus.firing() == [])
    }

    private func outage(_ harness: Harness, _ prometheus: PrometheusServer) async throws {
        _ = harness.simulator.inject(FaultRule("down", .respond(status: 503, .message("down"), .before)))
        let before = harness.bridge.status.ends.total
        try await harness.publish(Harness.events(20, from: before))
        let expected: Set = ["LoopsBridgeNotDelivering", "LoopsBridgeLoopsDown"]
        while try await !prometheus.firing().isSuperset(of: expected) { try await harness.tick() }
        #expect(try await prometheus.value("max(loops_bridge_group_pending)") == 20)
        #expect(try await prometheus.value("max(loops_bridge_circuit_breaker_state)") == 1)
        #expect(try await prometheus.firing() == expected)
        harness.simulator.clearFaults()
        await harness.bridge.confirmedEnds.reached(before + 20)
        while try await !prometheus.firing().isEmpty { try await harness.tick() }
        #expect(harness.audit.isClean)
    }
}

extension Harness {
    /// Serves the admin endpoints on a free port as long as `body` runs.
    fileprivate func admin(_ body: @Sendable @escaping (_ port: Int) async throws -> Void) async throws {
        registry.onScrape { [weak bridge] in bridge?.refreshGauges() }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = AdminServer(bridge: bridge, registry: registry).application(
            host: "127.0.0.1",
            port: 0,
            logger: .quiet
        ) { port.yield($0.localAddress?.port ?? 0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            for await port in ports {
                try await body(port)
                break
            }
        }
    }
}
