import Bridge
import Destination
import DevKit
import Hummingbird
import Logging
import Loops
import MetricCatalog
import NIOCore
import PrometheusMetrics
import RedisStreams
import Synchronization
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Connections to the admin port, over the wire", .timeLimit(.minutes(2)))
struct AdminConnectionTests {
    private struct Server: Sendable {
        let port: Int
        let connections: AdminConnections
        let registry: MetricRegistry

        /// One request on a connection of its own, read to its end.
        func ask(_ path: String, _ headers: String = "Host: localhost\r\nConnection: close\r\n") async throws -> String
        {
            try await RawClient.with(port: port) { client in
                try await client.send("GET \(path) HTTP/1.1\r\n\(headers)\r\n")
                return await client.rest()
            }
        }

        func dropped(_ cause: ConnectionClock.Cause) -> Int {
            let name = "loops_bridge_admin_connections_dropped_total{cause=\"\(cause.rawValue)\"} "
            let line = registry.exposition().split(separator: "\n").first { $0.hasPrefix(name) }
            return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
        }
    }

    /// The admin port of a bridge that never runs.
    private func withServer(
        limit: Int = AdminConnections.most,
        limits: ConnectionClock.Limits = .init(),
        _ body: @Sendable @escaping (Server) async throws -> Void
    ) async throws {
        let configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: "redis://127.0.0.1:1"),
            loops: LoopsConfiguration(baseURL: "http://127.0.0.1:1", apiKey: "key", userAgent: "test"),
            instance: "this-one"
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let registry = MetricRegistry(descriptions: MetricDescription.bridge)
        let factory = PrometheusMetricsFactory(registry: registry)
        let connections = AdminConnections(limit: limit, limits: limits, factory: factory, logger: logger)
        try await LoopsClient.withClient(configuration.loops) { loops in
            let bridge = Bridge(
                configuration: configuration,
                destination: .presets,
                loops: loops,
                factory: factory,
                logger: logger
            )
            let port = OneTime<Int>()
            let application = AdminServer(bridge: bridge, registry: registry, connections: connections)
                .application(host: "127.0.0.1", port: 0, logger: logger) { port.set($0.localAddress?.port ?? 0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                defer { group.cancelAll() }
                try await body(Server(port: await port.value, connections: connections, registry: registry))
            }
        }
    }

    /// Opens connections that say this and no more, for as long as `body` runs.
    private func withIdle(
        _ count: Int,
        _ server: Server,
        saying text: String = "",
        _ body: @Sendable @escaping () async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body() }
        try await RawClient.with(port: server.port) { client in
            // The server may have closed it already.
            if !text.isEmpty { try? await client.send(text) }
            try await withIdle(count - 1, server, saying: text, body)
        }
    }

    @Test(
        "Whoever holds many connections keeps no probe out, and no more files than the limit",
        arguments: [
            "", "GET /livez HTTP/1.1\r\nHost: loc",
        ]
    )
    func idle(text: String) async throws {
        try await withServer(limit: 8) { server in
            try await withIdle(60, server, saying: text) {
                for _ in 0..<20 {
                    let answer = try await server.ask("/livez")
                    #expect(answer.hasSuffix("\r\n\r\nok\n"))
                }
                #expect(server.connections.count <= 8)
                // On a slow machine some wait so long that their time is up before their place is wanted.
                #expect(server.dropped(.limit) + server.dropped(.request) >= 60 - 8)
            }
        }
    }

    @Test("A request that does not come to its end is given up, and one that never begins")
    func slowRequest() async throws {
        try await withServer(limits: .init(request: .milliseconds(50))) { server in
            for text in [
                "", "GET /livez HT", "POST /control/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
            ] {
                try await RawClient.with(port: server.port) { client in
                    // Its time may be up before it has said anything.
                    if !text.isEmpty { try? await client.send(text) }
                    _ = await client.rest()
                }
            }
            #expect(server.dropped(.request) == 3)
        }
    }

    @Test("A connection that is kept for a next request is closed when none comes")
    func idleAfterAnswer() async throws {
        try await withServer(limits: .init(idle: .milliseconds(50))) { server in
            let answer = try await server.ask("/livez", "Host: localhost\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("ok\n"))
            #expect(server.dropped(.idle) == 1)
        }
    }

    @Test("A body without an end is not read to it")
    func longBody() async throws {
        try await withServer { server in
            try await RawClient.with(port: server.port) { client in
                try await client.send("POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
                let piece = String(repeating: "x", count: 64 * 1024)
                for _ in 0..<3 { try? await client.send(piece) }
                _ = await client.rest()
            }
            #expect(server.dropped(.body) == 1)
        }
    }

    @Test(
        "HTTP/1.0 is answered in HTTP/1.0 and closed, whatever it asks for",
        arguments: ["", "Connection: keep-alive\r\n"]
    )
    func oldProtocol(header: String) async throws {
        try await withServer { server in
            for path in ["/livez", "/status.json", "/metrics", "/nothing"] {
                let answer = try await RawClient.with(port: server.port) { client in
                    try await client.send("GET \(path) HTTP/1.0\r\n\(header)\r\n")
                    return await client.rest()
                }
                #expect(answer.hasPrefix("HTTP/1.0 \(path == "/nothing" ? "404" : "200")"), "\(answer)")
                #expect(answer.contains("\r\nConnection: close\r\n") && !answer.lowercased().contains("chunked"))
            }
            try await RawClient.with(port: server.port) { client in
                try await client.send("GET /events HTTP/1.0\r\n\r\n")
                #expect(await client.read(until: "\r\n\r\nevent: history\ndata: "))
            }
        }
    }

    @Test("Every answer has the policy, those to what is refused or cannot be read too")
    func policy() async throws {
        try await withServer { server in
            let close = "Connection: close\r\n"
            let answers = [
                try await server.ask("/"), try await server.ask("/livez"), try await server.ask("/nothing"),
                try await server.ask("/status.json"), try await server.ask("/control/pause"),
                try await server.ask("/livez", "Host: evil.example\r\n\(close)"),
                try await server.ask("/livez", "Host: localhost\r\nBad Header\r\n\(close)"),
                try await server.ask(
                    "/livez",
                    "Host: localhost\r\nX: \(String(repeating: "x", count: 20_000))\r\n\(close)"
                ),
                try await server.ask("/livez\u{1}"),
            ]
            let codes = answers.map { $0.dropFirst("HTTP/1.1 ".count).prefix(3) }
            #expect(codes == ["200", "200", "404", "200", "404", "421", "400", "400", "400"], "\(codes)")
            for answer in answers {
                for (name, value) in ResponsePolicy.headers where name != "Content-Security-Policy" {
                    #expect(answer.contains("\r\n\(name): \(value)\r\n"), "\(name) in \(answer.prefix(600))")
                }
                #expect(answer.contains("\r\nContent-Security-Policy: default-src 'none'; "))
            }
            #expect(!answers[5].contains("\nok\n") && answers[5].contains("http.allowedHosts"))
        }
    }

    @Test("The listener that is one too many gets its seat, and another one's connection ends")
    func seats() async throws {
        try await withServer { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0...SubscriberLimit.limit {
                    group.addTask {
                        try await RawClient.with(port: server.port) { client in
                            try await client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            let isIn = await client.read(until: "event: history")
                            // The one that has to go, and those that are cancelled once it has gone, may not have read so far.
                            let isOut = server.dropped(.seat) == 1
                            #expect(isIn || isOut)
                            _ = await client.rest()
                        }
                    }
                }
                defer { group.cancelAll() }
                // All were let in; one had to go.
                try await group.next()
                #expect(server.dropped(.seat) == 1)
            }
        }
    }
}
