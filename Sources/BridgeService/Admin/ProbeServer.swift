package import Bridge
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import Metrics
import NIOCore
package import PrometheusMetrics
package import ServiceLifecycle

/// The admin endpoints of a process that is no bridge: `/livez` (also called `/healthz`), `/readyz`, `/metrics`, `/version`. Each answers HEAD as well.
package struct ProbeServer: Sendable {
    private let settings: Settings
    private let registry: MetricRegistry
    private let checks: @Sendable () -> [ReadinessCheck]
    private let connections: AdminConnections
    private let logger: Logger

    /// - Parameter checks: what has to be well, so that the process may be asked for what it does.
    package init(
        settings: Settings,
        registry: MetricRegistry,
        factory: any MetricsFactory,
        logger: Logger,
        checks: @escaping @Sendable () -> [ReadinessCheck]
    ) {
        self.settings = settings
        self.registry = registry
        self.checks = checks
        self.connections = AdminConnections(factory: factory, logger: logger)
        self.logger = logger
    }

    /// - Parameter onListening: called with the address once it listens.
    package func service(onListening: @escaping @Sendable (String) async -> Void) -> any Service {
        let host = ListenAddress.bound(settings.httpHost)
        let application = Application(
            router: router,
            server: HTTPServerBuilder { [connections] in AdminChannel(responder: $0, connections: connections) },
            configuration: .init(
                address: .hostname(host, port: settings.httpPort),
                serverName: nil,
                availableConnectionsDelegate: .maximum(connections.limit + AdminConnections.reserve, logger: logger)
            ),
            onServerRunning: { channel in
                await onListening("http://" + ListenAddress.shown(host, port: channel.localAddress?.port ?? 0))
            },
            logger: logger.at(.warning)
        )
        return ListeningService(application: application, host: host, port: settings.httpPort)
    }

    private var router: Router<AdminRequestContext> {
        let router = Router(context: AdminRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: HostMiddleware(rule: settings.hosts))
        for path in ["/livez", "/healthz"] as [RouterPath] { router.get(path) { _, _ in Self.text("ok\n") } }
        router.get("/readyz") { [checks] _, _ in Self.answer(to: checks()) }
        router.get("/version") { _, _ in Self.text(Version.text + "\n") }
        router.get("/metrics") { [registry] request, _ in
            let format = Exposition.Format(accept: request.headers[.accept])
            return Self.response(format.contentType, registry.exposition(format), status: .ok)
        }
        return router
    }

    /// A line for each check, and a last one.
    private static func answer(to checks: [ReadinessCheck]) -> Response {
        let lines = checks.map { check in
            check.problem.map { "[-] \(check.name): \($0.shown)\n" } ?? "[+] \(check.name)\n"
        }
        let passes = checks.allSatisfy { $0.problem == nil }
        return text(lines.joined() + (passes ? "ready\n" : "not ready\n"), status: passes ? .ok : .serviceUnavailable)
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        response("text/plain; charset=utf-8", text, status: status)
    }

    private static func response(_ type: String, _ body: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: body))
        )
    }
}
