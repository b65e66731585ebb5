import Bridge
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import StreamGroups

/// `POST /control/pause|resume|drain|reload`: what a person may tell a running bridge over HTTP, guarded by a token; off without one.
///
/// No answer lets another site's page in (no CORS), and a browser never adds the token by itself.
struct ControlRoutes: Sendable {
    let bridge: Bridge
    /// nil: control is off.
    let token: ControlToken?
    /// nil: no mappings file is set.
    let reloader: MappingsReloader?
    /// Who may see and do what.
    let gate: TokenGate
    let logger: Logger

    init(
        bridge: Bridge,
        token: ControlToken?,
        viewToken: ControlToken? = nil,
        reloader: MappingsReloader?,
        logger: Logger
    ) {
        self.bridge = bridge
        self.token = token
        self.reloader = reloader
        self.logger = logger
        self.gate = TokenGate(tokens: AccessTokens(control: token, view: viewToken), logger: logger)
    }

    func add(to router: Router<AdminRequestContext>) {
        for action in Action.allCases {
            router.post("/control/\(action.rawValue)") { request, context in
                await answer(action, request, from: context.remoteAddress)
            }
            router.get("/control/\(action.rawValue)") { _, _ in
                Self.fault(.methodNotAllowed, "Only POST changes something.", [.allow: "POST"])
            }
        }
    }

    private enum Action: String, CaseIterable {
        case pause, resume, drain, reload
    }

    private func answer(_ action: Action, _ request: Request, from address: SocketAddress?) async -> Response {
        // Whose connection it is: behind a proxy, the proxy's.
        let peer = address?.ipAddress ?? "unknown"
        let query = request.uri.queryParameters
        if token == nil {
            return Self.fault(
                .notFound,
                "Control over HTTP is off. Set HTTP_CONTROL_TOKEN or HTTP_CONTROL_TOKEN_FILE to switch it on."
            )
        }
        switch await gate.ask(request.headers[.authorization], for: action.rawValue, from: address) {
        case .access(.controller): break
        case .access(.viewer):
            return Self.fault(.forbidden, "The token of http.viewToken may look, and changes nothing.")
        case .access(.anyone), .wrong:
            return Self.fault(
                .unauthorized,
                "This needs the header 'Authorization: Bearer TOKEN' with the token of http.controlToken.",
                [.wwwAuthenticate: "Bearer"]
            )
        case .tooMany:
            return Self.fault(
                .tooManyRequests,
                "Too many wrong tokens came. Try again in a few seconds.",
                [.retryAfter: "5"]
            )
        }
        let all = bridge.streamNames
        let asked = query[values: "stream"].map(String.init)
        if let unknown = asked.first(where: { !all.contains($0) }) {
            return Self.fault(
                .badRequest,
                "\(unknown.shown.cut(to: 200)) is none of bridge.streams (\(all.joined(separator: ", ")))"
            )
        }
        let streams = asked.isEmpty ? all : asked
        // By their own account, and of one line.
        let said = Pause(
            by: query["by"].map(String.init) ?? "the control token from \(peer)",
            reason: String(query["reason"] ?? "")
        )
        var metadata: Logger.Metadata = [
            "action": "\(action.rawValue)", "token": "control", "by": "\(said.by)", "peer": "\(peer)",
            "reason": "\(said.reason)",
        ]
        if [.pause, .resume].contains(action) { metadata["streams"] = "\(streams.joined(separator: ","))" }
        logger.notice("A control request was accepted", metadata: metadata)
        do {
            return try await perform(action, on: streams, said)
        } catch {
            return Self.fault(.serviceUnavailable, "Redis failed; ask again: \(error)")
        }
    }

    private func perform(_ action: Action, on streams: [String], _ pause: Pause) async throws -> Response {
        switch action {
        case .pause:
            return done(action, pauses: try await bridge.pause(streams, pause), of: streams)
        case .resume where bridge.isDrained:
            bridge.rejoin()
            // Whoever ends the rest of one replica need not mean the pause of all.
            return done(action, pauses: try await bridge.pauses(streams), of: streams, takesPartAgain: true)
        case .resume:
            let ended = try await bridge.resume(streams)
            return done(action, pauses: [:], of: streams, ended: ended)
        case .drain:
            bridge.drain()
            return done(action, pauses: [:], of: [])
        case .reload:
            return reloaded()
        }
    }

    private func reloaded() -> Response {
        guard let reloader else {
            return Self.fault(.conflict, "Nothing to reload: bridge.mappings is not set.")
        }
        switch reloader.load() {
        case .success(let count):
            return Self.json(["action": "reload", "mappings": .int(Int64(count))])
        case .failure(let refusal):
            return Self.fault(.unprocessableContent, "\(refusal)")
        }
    }

    private func done(
        _ action: Action,
        pauses: [String: Pause],
        of streams: [String],
        ended: [String: Pause] = [:],
        takesPartAgain: Bool = false
    ) -> Response {
        Self.json([
            "action": .string(action.rawValue),
            "drained": .bool(bridge.isDrained),
            "takesPartAgain": .bool(takesPartAgain),
            "streams": .array(
                streams.map { name in
                    ["name": .string(name), "paused": pauses[name]?.json ?? .null, "ended": ended[name]?.json ?? .null]
                }
            ),
        ])
    }

    private static func fault(
        _ status: HTTPResponse.Status,
        _ text: String,
        _ headers: HTTPFields = [:]
    ) -> Response {
        json(["error": .string(text)], status: status, headers)
    }

    private static func json(
        _ value: JSONValue,
        status: HTTPResponse.Status = .ok,
        _ headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        let body = value.serialized(pretty: true, escapesInvisible: true) + [0x0A]
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
