import Destination
import DevKit
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import Loops
import MetricCatalog
import PrometheusMetrics
import RedisStreams
import Testing

@testable import Bridge
@testable import BridgeService
@testable import StreamGroups
@testable import loops_bridge

@Suite("The admin endpoints: what probes, dashboards and people see", .tags(.servers, .redis7), .timeLimit(.minutes(2)))
struct AdminServerTests {
    private typealias Client = any TestClientProtocol

    /// The endpoints of a bridge as the program assembles them, as long as `body` runs.
    /// - Parameters:
    ///   - redis: where the bridge runs; nil for one that was made and never ran.
    ///   - triesKey: whether it asks Loops before the first event; there, nothing listens.
    private func withAdmin(
        redis: String? = nil,
        triesKey: Bool = false,
        _ body: @Sendable @escaping (Client) async throws -> Void
    ) async throws {
        var configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: redis ?? "redis://127.0.0.1:1"),
            loops: LoopsConfiguration(baseURL: "http://127.0.0.1:1", apiKey: "key", userAgent: "test"),
            instance: "this-one"
        )
        configuration.shutdownGrace = .zero
        configuration.triesKeyAtStart = triesKey
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let registry = MetricRegistry(descriptions: MetricDescription.bridge)
        let factory = PrometheusMetricsFactory(registry: registry)
        try await LoopsClient.withClient(configuration.loops) { [configuration, logger] loops in
            let bridge = Bridge(
                configuration: configuration,
                destination: .presets,
                loops: loops,
                factory: factory,
                logger: logger
            )
            registry.onScrape { [weak bridge] in bridge?.refreshGauges() }
            let application = Application(
                router: AdminServer(bridge: bridge, registry: registry).router,
                logger: logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                if redis != nil { group.addTask { try await bridge.run() } }
                defer { group.cancelAll() }
                try await application.test(.router) { try await body($0) }
            }
        }
    }

    /// A bridge that runs on a redis-server of its own and is ready.
    private func withReadyAdmin(
        triesKey: Bool = false,
        _ body: @Sendable @escaping (Client) async throws -> Void
    ) async throws {
        try await RedisServer.run { server in
            try await withAdmin(redis: server.url, triesKey: triesKey) { client in
                while try await get("/readyz", client).status != .ok { await Task.yield() }
                try await body(client)
            }
        }
    }

    private struct Answer {
        let status: HTTPResponse.Status
        let type: String?
        let body: String
    }

    private func get(_ uri: String, _ client: Client, accept: String? = nil) async throws -> Answer {
        let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
        let response = try await client.execute(uri: uri, method: .get, headers: headers)
        return Answer(
            status: response.status,
            type: response.headers[.contentType],
            body: String(buffer: response.body)
        )
    }

    @Test("/livez says that the process answers, whatever else is wrong")
    func live() async throws {
        try await withAdmin { client in
            let answer = try await get("/livez", client)
            #expect(answer.status == .ok && answer.body == "ok\n")
        }
    }

    @Test("/healthz is another name of /livez")
    func alias() async throws {
        try await withAdmin { client in
            let answer = try await get("/healthz", client)
            #expect(answer.status == .ok && answer.body == "ok\n")
        }
    }

    private static let paths = [
        "/", "/livez", "/healthz", "/readyz", "/startz", "/version", "/metrics", "/status.json", "/history.json",
    ]

    @Test("HEAD answers as GET does, without a body", arguments: paths)
    func head(path: String) async throws {
        try await withAdmin { client in
            let whole = try await client.execute(uri: path, method: .get)
            let head = try await client.execute(uri: path, method: .head)
            #expect(head.status == whole.status && head.body.readableBytes == 0 && whole.body.readableBytes > 0)
            #expect(head.headers[.contentType] == whole.headers[.contentType])
        }
    }

    @Test("HEAD of /events ends at once, and takes nobody's seat")
    func headOfEvents() async throws {
        try await withAdmin { client in
            for _ in 0...SubscriberLimit.limit {
                let answer = try await client.execute(uri: "/events", method: .head)
                #expect(answer.status == .ok && answer.headers[.contentType] == "text/event-stream; charset=utf-8")
            }
        }
    }

    @Test("/version")
    func version() async throws {
        try await withAdmin { client in
            let answer = try await get("/version", client)
            #expect(answer.status == .ok && answer.body == Version.text + "\n")
        }
    }

    @Test("/readyz names what is missing, and what is not")
    func notReady() async throws {
        try await withAdmin { client in
            let answer = try await get("/readyz", client)
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.type == "text/plain; charset=utf-8")
            #expect(answer.body.contains("[-] redis: no connection to Redis"))
            #expect(answer.body.contains("[-] group: segment:events: "))
            #expect(answer.body.contains("[+] apiKey\n"))
            #expect(answer.body.hasSuffix("not ready\n"))
        }
    }

    @Test("A bridge that has its group is ready, whether Loops answers or not")
    func ready() async throws {
        try await withReadyAdmin { client in
            let answer = try await get("/readyz", client)
            #expect(answer.body == "[+] redis\n[+] group\n[+] apiKey\n[+] address\n[+] running\nready\n")
        }
    }

    @Test("/startz fails until Loops has answered once, and says why")
    func notStarted() async throws {
        try await withReadyAdmin(triesKey: true) { client in
            let answer = try await get("/startz", client)
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.body.contains("[+] apiKey\n") && answer.body.contains("[-] loops: Loops has never answered"))
            #expect(answer.body.hasSuffix("not started\n"))
        }
    }

    @Test("/status.json is null where nothing is known, never 0")
    func unknown() async throws {
        try await withAdmin { client in
            let answer = try await get("/status.json", client)
            #expect(answer.status == .ok && answer.type == "application/json")
            let json = try JSONParser.parse(answer.body)
            #expect(json["instance"] == "this-one" && json["version"] == .string(Version.text))
            #expect(json["ready"] == false && json["redis"]?["connected"] == false)
            #expect(json["incoming"] == .null)
            let stream = try #require(json["streams"]?.arrayValue?.first)
            for name in ["length", "lag", "pending", "oldestUnackedSeconds", "deadLetters"] {
                #expect(stream[name] == .null, "\(name)")
            }
            #expect(stream["name"] == "segment:events" && stream["buffered"] == 0)
            #expect(stream["error"]?.stringValue != nil)
            #expect(json["checks"]?.arrayValue?.first?["ok"] == false)
        }
    }

    @Test("/status.json shows the stream once it was looked at")
    func known() async throws {
        try await withReadyAdmin { client in
            var stream: JSONValue = .null
            while stream["pending"]?.isNull ?? true {
                let json = try JSONParser.parse(try await get("/status.json", client).body)
                stream = json["streams"]?.arrayValue?.first ?? .null
                #expect(json["ready"] == true)
                if stream["pending"]?.isNull == false {
                    // No intake runs: that is known, and its rate is none.
                    #expect(json["incoming"]?["intakes"] == [] && json["incoming"]?["acceptedPerSecond"] == .null)
                }
                await Task.yield()
            }
            for name in ["length", "lag", "pending", "deadLetters"] { #expect(stream[name] == 0, "\(name)") }
            #expect(stream["oldestUnackedSeconds"]?.doubleValue == 0)
            #expect(stream["error"] == .null)
        }
    }

    @Test("/metrics speaks the format that is asked for")
    func formats() async throws {
        try await withAdmin { client in
            let text = try await get("/metrics", client)
            #expect(text.status == .ok && text.type == Exposition.Format.text.contentType)
            #expect(!text.body.contains("# EOF"))
            let open = try await get(
                "/metrics",
                client,
                accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"
            )
            #expect(open.type == Exposition.Format.openMetrics.contentType)
            #expect(open.body.hasSuffix("# EOF\n"))
        }
    }

    @Test("Buckets tell a fast Redis from a slow one, and reach as far as requests may last")
    func buckets() throws {
        func buckets(_ name: String) throws -> [Double] {
            let metric = try #require(MetricDescription.bridge.first { $0.name == "loops_bridge_\(name)" })
            return try #require(metric.buckets)
        }
        let redis = try buckets("redis_command_duration_seconds")
        #expect(redis == [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5])
        #expect(try buckets("api_request_duration_seconds").suffix(5) == [5, 10, 15, 30, 60])
    }

    @Test("Whether a stream is paused is unknown before anybody has looked: no series, and neither 0 nor 1")
    func unknownPause() {
        let registry = MetricRegistry()
        let gauges = BacklogGauges(stream: "a", factory: PrometheusMetricsFactory(registry: registry))
        var status = StreamStatus(name: "a", partitions: 8)
        gauges.set(status)
        #expect(!registry.exposition().contains("loops_bridge_stream_paused"))
        status.isPauseKnown = true
        gauges.set(status)
        #expect(registry.exposition().contains("loops_bridge_stream_paused{stream=\"a\"} 0\n"))
        status.pause = Pause(by: "ann", reason: "")
        gauges.set(status)
        #expect(registry.exposition().contains("loops_bridge_stream_paused{stream=\"a\"} 1\n"))
        gauges.set(StreamStatus(name: "a", partitions: 8))
        #expect(!registry.exposition().contains("loops_bridge_stream_paused{"))
    }

    @Test("A gauge that nothing is known of has no series")
    func unknownGauges() async throws {
        try await withAdmin { client in
            let lines = try await get("/metrics", client).body.split(separator: "\n")
            for name in ["group_lag", "group_pending", "stream_length", "dlq_length", "oldest_unacked_age_seconds"] {
                #expect(!lines.contains { $0.hasPrefix("loops_bridge_\(name)") }, "\(name)")
            }
            #expect(lines.contains("loops_bridge_redis_up 0"))
        }
    }

    @Test("Every metric of a running bridge is described, and everything described is a metric")
    func described() async throws {
        try await withReadyAdmin { client in
            var text = ""
            // A look at the stream and a heartbeat have to be back.
            while !text.contains("loops_bridge_group_pending{") || !text.contains("loops_bridge_group_members{") {
                text = try await get("/metrics", client).body
                await Task.yield()
            }
            let lines = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 3).map(String.init) }
            let metrics = Set(lines.filter { $0.starts(with: ["#", "TYPE"]) }.map { $0[2] })
            let helped = Set(lines.filter { $0.starts(with: ["#", "HELP"]) }.map { $0[2] })
            #expect(metrics == helped, "a metric without a help text")
            let described = Set(MetricDescription.bridge.map(\.name))
            #expect(described.count == MetricDescription.bridge.count, "described twice")
            #expect(metrics.subtracting(described) == [])
            // The assembly sets the first two, not the bridge; the third is there only while a loss is foreseen, the others with a limit only.
            let absent: Set = [
                "loops_bridge_admin_connections_dropped_total", "loops_bridge_build_info", "loops_bridge_config_info",
                "loops_bridge_trim_headroom_seconds",
                "loops_bridge_ratelimit_limit",
                "loops_bridge_ratelimit_effective_rate", "loops_bridge_ratelimit_remaining",
            ]
            #expect(described.subtracting(metrics) == absent)
            #expect(MetricDescription.bridge.allSatisfy { !$0.help.isEmpty })
        }
    }

    @Test("promtool finds nothing to say against the metrics")
    func promtool() async throws {
        try await withReadyAdmin { client in
            let file = FileManager.default.temporaryDirectory
                .appending(path: "loops-bridge-metrics-\(UInt64.random(in: .min ... .max))")
            let path = file.path
            defer { try? FileManager.default.removeItem(at: file) }
            try Data(try await get("/metrics", client).body.utf8).write(to: file)
            let command = "promtool check metrics <\(path); echo status $?"
            let said = try await ChildProcess.run("/bin/sh", arguments: ["-c", command]) { child in
                await child.exited()
                return child.output
            }
            #expect(said == ["status 0"])
        }
    }

    @Test("Anything else is not found, and nothing is changed by asking")
    func others() async throws {
        try await withAdmin { client in
            let root = try await get("/nothing", client)
            let posted = try await client.execute(uri: "/livez", method: .post)
            #expect(root.status == .notFound && posted.status == .notFound)
        }
    }
}
