import AsyncHTTPClient
import DevKit
import Foundation
import JSON
import NIOCore

/// A Prometheus of our own with the rules of deploy/, on a free port, with its files in a temporary folder.
struct PrometheusServer: Sendable {
    private let api: String
    private let http: HTTPClient

    /// The rules as they are delivered, but made quick: what has to hold for minutes need hold for a second only, and rates over minutes are
    /// rates over seconds. Nothing else is changed.
    static func quickRules() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let rules = try String(contentsOf: root.appending(path: "deploy/prometheus/alerts.yaml"), encoding: .utf8)
        return rules.replacing(#/for: \d+[mh]\n/#) { _ in "for: 1s\n" }
            .replacing(#/\[(?:5|10)m\]/#) { _ in "[5s]" }
    }

    /// Runs it as long as `body` runs.
    /// - Parameters:
    ///   - target: port of the loopback interface at which metrics are.
    ///   - rules: the text of a rule file.
    static func run(
        target: Int,
        rules: String,
        http: HTTPClient,
        body: @Sendable @escaping (PrometheusServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "loops-bridge-prometheus-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let configuration = """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
            rule_files: [alerts.yaml]
            scrape_configs:
              - job_name: loops-bridge
                static_configs: [{targets: ["127.0.0.1:\(target)"]}]
            """
        try Data(configuration.utf8).write(to: folder.appending(path: "prometheus.yaml"))
        try Data(rules.utf8).write(to: folder.appending(path: "alerts.yaml"))
        let port = FreePort.take()
        let arguments = [
            "--config.file=\(folder.path)/prometheus.yaml", "--storage.tsdb.path=\(folder.path)/data",
            "--web.listen-address=127.0.0.1:\(port)",
        ]
        try await ChildProcess.run("prometheus", arguments: arguments) { child in
            guard await child.line(where: { $0.contains("Server is ready to receive web requests") }) != nil else {
                throw ChildError.endedEarly("prometheus", output: child.output)
            }
            try await body(PrometheusServer(api: "http://127.0.0.1:\(port)/api/v1", http: http))
        }
    }

    /// The value of a query with one result; nil when there is none, or it is not a number.
    func value(_ query: String) async throws -> Double? {
        let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let result = try await get("/query?query=\(text)")["result"]?.arrayValue?.first
        return result?["value"]?.arrayValue?.last?.stringValue.flatMap(Double.init).flatMap { $0.isNaN ? nil : $0 }
    }

    /// The names of the alerts that fire.
    func firing() async throws -> Set<String> {
        let alerts = try await get("/alerts")["alerts"]?.arrayValue ?? []
        return Set(alerts.filter { $0["state"] == "firing" }.compactMap { $0["labels"]?["alertname"]?.stringValue })
    }

    /// What went wrong with the last scrape of each target, and with rules; empty when nothing did.
    func faults() async throws -> [String] {
        let targets = try await get("/targets")["activeTargets"]?.arrayValue ?? []
        let groups = try await get("/rules")["groups"]?.arrayValue ?? []
        let rules = groups.flatMap { $0["rules"]?.arrayValue ?? [] }
        return (targets + rules).compactMap { $0["lastError"]?.stringValue }.filter { !$0.isEmpty }
    }

    /// What Prometheus learned of a metric: its type, help text and unit.
    func metadata(_ metric: String) async throws -> JSONValue? {
        try await get("/metadata?metric=\(metric)")[metric]?.arrayValue?.first
    }

    private func get(_ path: String) async throws -> JSONValue {
        let response = try await http.execute(HTTPClientRequest(url: api + path), timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 24)
        return try JSONParser.parse(String(buffer: body))["data"] ?? .null
    }
}
