import Bridge
import Destination
import PrometheusMetrics
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The configuration's hash: the same for replicas that do the same, and one at a time")
struct ConfigurationInfoTests {
    private func shared(_ environment: [String: String], host: String = "host") throws -> [String] {
        try Settings(
            flags: [:],
            environment: environment.merging(["LOOPS_API_KEY": "k3y"]) { $1 },
            file: nil,
            hostName: host,
            processID: 1,
            readFile: { _ in "" }
        ).shared
    }

    @Test("What belongs to one process is not in it, and no secret is")
    func own() throws {
        let plain = try shared([:])
        let others = [
            "BRIDGE_INSTANCE": "b", "HTTP_PORT": "1234", "LOG_LEVEL": "debug", "REDIS_URL": "redis://u:s3cret@r:1",
            "BRIDGE_MAPPINGS": "/else/where.yaml",
        ]
        #expect(try shared(others, host: "another") == plain)
        #expect(!plain.contains { $0.contains("k3y") } && plain.contains("bridge.partitions=64"))
        #expect(try shared(["BRIDGE_COALESCING": "off"]) != plain)
        #expect(try shared(["LOOPS_RATE_LIMIT": "5"]) != shared(["LOOPS_RATE_LIMIT": "8"]))
    }

    @Test("Another file of mappings is another digest; the same text is the same")
    func mappings() throws {
        func digest(_ text: String) throws -> String { try Destination(file: "m.yaml", bytes: Array(text.utf8)).digest }
        let text = "mappings:\n  - name: a\n    action: sendEvent\n"
        #expect(try digest(text) == digest(text) && digest(text) != digest(text + "# more\n"))
        #expect(Destination.presets.digest.isEmpty)
    }

    @Test("After a reload only the new one is shown")
    func shown() {
        let registry = MetricRegistry()
        let info = ConfigurationInfo(settings: ["a=1"], factory: PrometheusMetricsFactory(registry: registry))
        for mappings in ["x", "x", "y"] { info.show(mappings: mappings) }
        let hash = ConfigurationInfo.hash(settings: ["a=1"], mappings: "y")
        #expect(registry.exposition().contains("loops_bridge_config_info{hash=\"\(hash)\"} 1\n"))
        #expect(registry.exposition().split(separator: "\n").count == 2)
        #expect(hash.count == 12 && hash != ConfigurationInfo.hash(settings: ["a=2"], mappings: "y"))
    }
}
