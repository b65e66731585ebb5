import Bridge
import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import NIOCore
import PrometheusMetrics

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The endpoints for operators and probes: `/` (the dashboard) with `/events`, `/runbook`, `/metrics`, `/livez` (also called `/healthz`), `/readyz`, `/startz`,
/// `/status.json`, `/history.json`, `/journal.json` and what is below `/journal`, `/dead.json`, `/mappings.json`, `/access.json`, `/version`. Each answers HEAD as well.
struct AdminServer {
    let bridge: Bridge
    let registry: MetricRegistry
    /// What can be changed from here; nil for nothing.
    var control: ControlRoutes?
    /// What the program was told, without secrets.
    var settings: [EffectiveSetting] = []
    /// Under which names it answers.
    var hosts = HostRule([])
    /// Its open connections; nil for an own number of them.
    var connections: AdminConnections?
    /// Between two live events.
    var eventInterval = Duration.seconds(1)

    var router: Router<AdminRequestContext> {
        let router = Router(context: AdminRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: HostMiddleware(rule: hosts))
        router.add(middleware: OriginMiddleware())
        for path in ["/livez", "/healthz"] as [RouterPath] { router.get(path) { _, _ in Self.text("ok\n") } }
        router.get("/readyz") { _, _ in Self.answer(to: bridge.status.checks, "ready") }
        router.get("/startz") { _, _ in Self.answer(to: bridge.status.startChecks, "started") }
        for (path, page) in [("/", PageDocument.dashboard), ("/runbook", .runbook)] as [(RouterPath, PageDocument)] {
            router.get(path) { _, _ in
                Response(status: .ok, headers: page.headers, body: .init(byteBuffer: ByteBuffer(bytes: page.body)))
            }
        }
        let status: @Sendable (Bool) -> JSONValue = { [bridge, settings] showsDetails in
            Self.status(bridge, settings, showsDetails: showsDetails)
        }
        let history: @Sendable () -> JSONValue = { [bridge] in bridge.history.json }
        let events = LiveEvents(interval: eventInterval, history: history) { status(false) }
        router.get("/events") { _, context in
            events.response { [connections, channel = context.channel] in
                connections?.drop(channel, .seat) ?? channel.close(promise: nil)
            }
        }
        router.get("/history.json") { _, _ in Self.json(history()) }
        router.get("/status.json") { [gate = control?.gate] request, context in
            let header = request.headers[.authorization]
            let answer = await gate?.ask(header, for: "status", from: context.remoteAddress)
            // What Loops answered may hold what an event held.
            return Self.json(status(answer == .access(.viewer) || answer == .access(.controller)))
        }
        router.get("/version") { _, _ in Self.text(Version.text + "\n") }
        router.get("/metrics") { request, _ in
            let format = Exposition.Format(accept: request.headers[.accept])
            return Self.response(format.contentType, Array(registry.exposition(format).utf8))
        }
        control?.add(to: router)
        let gate = control?.gate
        AccessRoutes(gate: gate).add(to: router)
        JournalRoutes(journal: bridge.journal, replica: bridge.instance, gate: gate).add(to: router)
        MappingsRoutes(bridge: bridge, gate: gate, path: control?.reloader?.path).add(to: router)
        DeadLetterRoutes(bridge: bridge, gate: gate, logger: control?.logger ?? bridge.logger).add(to: router)
        return router
    }

    /// The server. Give `onServerRunning` to learn the port when 0 was asked for.
    func application(
        host: String,
        port: Int,
        logger: Logger,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let connections = connections ?? AdminConnections(logger: logger)
        var server = self
        server.connections = connections
        return Application(
            router: server.router,
            server: HTTPServerBuilder { AdminChannel(responder: $0, connections: connections) },
            configuration: .init(
                address: .hostname(host, port: port),
                serverName: nil,
                // Those that were told to go may still be there for a moment: no more than these are accepted meanwhile.
                availableConnectionsDelegate: .maximum(connections.limit + AdminConnections.reserve, logger: logger)
            ),
            onServerRunning: onServerRunning,
            logger: logger
        )
    }

    /// What a page or a program is told: the bridge, when it was looked at, how the latest sample was, and what it was told.
    /// - Parameter showsDetails: whether texts are in it that came from outside.
    private static func status(_ bridge: Bridge, _ settings: [EffectiveSetting], showsDetails: Bool) -> JSONValue {
        let (current, history) = (bridge.status, bridge.history)
        guard case .object(var status) = current.json(showsDetails: showsDetails),
            case .object(var health) = status["health"]
        else { return .null }
        let now = (Date.now.timeIntervalSince1970 * 1000).rounded() / 1000
        // What was not sampled yet has begun since the last sample.
        health["since"] = .optional(history.since(current.health.state) ?? now)
        status["health"] = .object(health)
        status["now"] = .double(now)
        status["sample"] = history.latest?.json ?? .null
        status["settings"] = .array(settings.map(\.json))
        return .object(status)
    }

    /// A line for each check, and a last one: `ready` or `not ready`.
    private static func answer(to checks: [ReadinessCheck], _ word: String) -> Response {
        let lines = checks.map { check in
            check.problem.map { "[-] \(check.name): \($0.shown)\n" } ?? "[+] \(check.name)\n"
        }
        let passes = checks.allSatisfy { $0.problem == nil }
        return text(
            lines.joined() + (passes ? "\(word)\n" : "not \(word)\n"),
            status: passes ? .ok : .serviceUnavailable
        )
    }

    private static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        response("text/plain; charset=utf-8", Array(text.utf8), status: status)
    }

    private static func json(_ value: JSONValue) -> Response {
        response("application/json", value.serialized(pretty: true, escapesInvisible: true))
    }

    private static func response(_ type: String, _ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
