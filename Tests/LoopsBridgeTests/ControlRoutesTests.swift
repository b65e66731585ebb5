import Bridge
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

@testable import BridgeService
@testable import loops_bridge

@Suite("POST /control", .tags(.servers), .timeLimit(.minutes(2)))
struct ControlRoutesTests {
    private static let token = "0123456789abcdef"
    private typealias Client = any TestClientProtocol

    /// The endpoints of a bridge, as long as `body` runs.
    /// - Parameters:
    ///   - redis: where the bridge runs; nil for one that never ran.
    ///   - mappings: the text of a mappings file.
    private func withControl(
        token: String? = Self.token,
        redis: String? = nil,
        mappings: String? = nil,
        _ body: @Sendable @escaping (Client, String) async throws -> Void
    ) async throws {
        var configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: redis ?? "redis://127.0.0.1:1"),
            loops: LoopsConfiguration(baseURL: "http://127.0.0.1:1", apiKey: "key", userAgent: "test"),
            instance: "this-one"
        )
        configuration.shutdownGrace = .zero
        configuration.streams = [.init(name: "a"), .init(name: "b")]
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "control-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "mappings.yaml").path
        if let mappings { try mappings.write(toFile: file, atomically: true, encoding: .utf8) }
        try await LoopsClient.withClient(configuration.loops) { [configuration] loops in
            let registry = MetricRegistry(descriptions: MetricDescription.bridge)
            let bridge = Bridge(
                configuration: configuration,
                destination: .presets,
                loops: loops,
                factory: PrometheusMetricsFactory(registry: registry),
                logger: logger
            )
            registry.onScrape { [weak bridge] in bridge?.refreshGauges() }
            let control = ControlRoutes(
                bridge: bridge,
                token: token.flatMap { ControlToken($0) },
                reloader: mappings.map { _ in MappingsReloader(path: file, bridge: bridge, logger: logger) },
                logger: logger
            )
            let router = AdminServer(bridge: bridge, registry: registry, control: control).router
            try await withThrowingTaskGroup(of: Void.self) { group in
                if redis != nil { group.addTask { try await bridge.run() } }
                defer { group.cancelAll() }
                try await Application(router: router, logger: logger).test(.router) { try await body($0, file) }
            }
        }
    }

    private func post(_ uri: String, _ client: Client, authorization: String? = "Bearer \(Self.token)") async throws
        -> (status: HTTPResponse.Status, headers: HTTPFields, json: JSONValue)
    {
        let headers: HTTPFields = authorization.map { [.authorization: $0] } ?? [:]
        let answer = try await client.execute(uri: "/control/\(uri)", method: .post, headers: headers)
        return (answer.status, answer.headers, try JSONParser.parse(String(buffer: answer.body)))
    }

    /// Why the bridge is not healthy.
    private func reasons(_ client: Client) async throws -> [JSONValue] {
        let answer = try await client.execute(uri: "/status.json", method: .get)
        return try JSONParser.parse(String(buffer: answer.body))["health"]?["reasons"]?.arrayValue ?? []
    }

    /// What the gauge of the last load says.
    private func isReloadOK(_ client: Client) async throws -> Bool? {
        let answer = try await client.execute(uri: "/metrics", method: .get)
        let lines = String(buffer: answer.body).split(separator: "\n")
        let value = lines.first { $0.hasPrefix("loops_bridge_config_reload_ok ") }?.last
        return value.map { $0 == "1" }
    }

    @Test("Without a token it is off, and says how to switch it on", arguments: ["pause", "resume", "drain", "reload"])
    func off(action: String) async throws {
        try await withControl(token: nil) { client, _ in
            for authorization in [nil, "Bearer ", "Bearer \(Self.token)"] {
                let answer = try await post(action, client, authorization: authorization)
                #expect(answer.status == .notFound)
                #expect(answer.json["error"]?.stringValue?.contains("HTTP_CONTROL_TOKEN") == true)
            }
        }
    }

    @Test("A wrong token changes nothing", arguments: ["pause", "resume", "drain", "reload"])
    func wrongToken(action: String) async throws {
        try await withControl(mappings: "not read") { client, _ in
            for authorization in [nil, "", "Bearer", "Bearer wrong", "Basic \(Self.token)", "Bearer \(Self.token)x"] {
                let answer = try await post(action, client, authorization: authorization)
                #expect(answer.status == .unauthorized && answer.headers[.wwwAuthenticate] == "Bearer")
            }
            let status = try await client.execute(uri: "/status.json", method: .get)
            #expect(try JSONParser.parse(String(buffer: status.body))["drained"] == false)
        }
    }

    @Test("Only POST; no other site's page is let in")
    func onlyPost() async throws {
        try await withControl { client, _ in
            for method in [HTTPRequest.Method.get, .put, .delete, .options] {
                let answer = try await client.execute(
                    uri: "/control/drain",
                    method: method,
                    headers: [.authorization: "Bearer \(Self.token)", .origin: "https://example.com"]
                )
                #expect(answer.status == (method == .get ? .methodNotAllowed : .notFound))
                #expect(answer.headers[.accessControlAllowOrigin] == nil)
            }
        }
    }

    @Test("One stream, several, or all; a stream that is not read is named")
    func streams() async throws {
        try await RedisServer.run { server in
            try await withControl(redis: server.url) { client, _ in
                var answer = try await post("pause?stream=b&by=ann&reason=a%20b", client)
                // The bridge may still be connecting.
                while answer.status == .serviceUnavailable {
                    await Task.yield()
                    answer = try await post("pause?stream=b&by=ann&reason=a%20b", client)
                }
                let paused = answer.json["streams"]?.arrayValue ?? []
                #expect(paused.map { $0["name"] } == ["b"])
                #expect(paused.first?["paused"]?["by"] == "ann" && paused.first?["paused"]?["reason"] == "a b")
                let all = try await post("pause?by=bob", client).json["streams"]?.arrayValue ?? []
                #expect(all.map { $0["paused"]?["by"] } == ["bob", "ann"])
                let resumed = try await post("resume?stream=a&stream=b", client).json["streams"]?.arrayValue ?? []
                #expect(resumed.map { $0["ended"]?["by"] } == ["bob", "ann"])
                #expect(resumed.map { $0["paused"] } == [.null, .null])
                let unknown = try await post("pause?stream=c", client)
                #expect(unknown.status == .badRequest)
                #expect(unknown.json["error"] == "c is none of bridge.streams (a, b)")
            }
        }
    }

    @Test("Redis that fails is told, with 503")
    func noRedis() async throws {
        try await withControl { client, _ in
            let answer = try await post("pause", client)
            #expect(answer.status == .serviceUnavailable)
        }
    }

    @Test("reload answers the faults of the file, and what is in force")
    func reload() async throws {
        let good = "mappings:\n  - name: A\n    action: createOrUpdateContact\n    trigger: type = \"identify\"\n"
        try await withControl(mappings: good) { client, file in
            #expect(try await isReloadOK(client) == true, "nothing was refused yet")
            let first = try await post("reload", client)
            #expect(first.status == .ok && first.json["mappings"] == 1, "\(first)")
            try good.replacing("createOrUpdateContact", with: "nothing").write(
                toFile: file,
                atomically: true,
                encoding: .utf8
            )
            let bad = try await post("reload", client)
            #expect(bad.status == .unprocessableContent)
            #expect(bad.json["error"]?.stringValue?.contains("mappings.yaml:3") == true, "\(bad)")
            let refused = "the mappings file was refused: the mappings from before are in force"
            #expect(try await reasons(client).contains(.string(refused)))
            #expect(try await isReloadOK(client) == false)
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await post("reload", client).status == .ok)
            #expect(try await !reasons(client).contains(.string(refused)), "an accepted file clears it")
            #expect(try await isReloadOK(client) == true)
        }
        try await withControl { client, _ in
            let answer = try await post("reload", client)
            #expect(answer.status == .conflict)
        }
    }

    @Test("A token that is too short is refused with the settings, and never shown")
    func shortToken() {
        #expect(throws: SettingsErrors.self) {
            do {
                _ = try Settings(
                    flags: [:],
                    environment: ["LOOPS_API_KEY": "key", "HTTP_CONTROL_TOKEN": "s3cret"],
                    file: nil,
                    hostName: "host",
                    processID: 1,
                    readFile: { _ in "" }
                )
            } catch {
                #expect("\(error)".contains("http.controlToken") && !"\(error)".contains("s3cret"))
                throw error
            }
        }
    }
}
