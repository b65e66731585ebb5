import Bridge
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import PrometheusMetrics

/// The endpoints for operators and probes: `/metrics`, `/livez`, `/readyz`, `/status.json`, `/version`.
struct AdminServer {
    let bridge: Bridge
    let registry: MetricRegistry
    /// What can be changed from here; nil for nothing.
    var control: ControlRoutes?

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("/livez") { _, _ in Self.text("ok\n") }
        router.get("/readyz") { _, _ in Self.readiness(bridge.status) }
        router.get("/status.json") { _, _ in Self.json(bridge.status.json) }
        router.get("/version") { _, _ in Self.text(Version.text + "\n") }
        router.get("/metrics") { request, _ in
            let format = Exposition.Format(accept: request.headers[.accept])
            return Self.response(format.contentType, Array(registry.exposition(format).utf8))
        }
        control?.add(to: router)
        return router
    }

    /// The server. Give `onServerRunning` to learn the port when 0 was asked for.
    func application(
        host: String,
        port: Int,
        logger: Logger,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            router: router,
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: onServerRunning,
            logger: logger
        )
    }

    private static func readiness(_ status: BridgeStatus) -> Response {
        let lines = status.checks.map { check in
            check.problem.map { "[-] \(check.name): \($0)\n" } ?? "[+] \(check.name)\n"
        }
        let body = lines.joined() + (status.isReady ? "ready\n" : "not ready\n")
        return text(body, status: status.isReady ? .ok : .serviceUnavailable)
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        response("text/plain; charset=utf-8", Array(text.utf8), status: status)
    }

    private static func json(_ value: JSONValue) -> Response {
        response("application/json", value.serialized(pretty: true))
    }

    private static func response(_ type: String, _ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
