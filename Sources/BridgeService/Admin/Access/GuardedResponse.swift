import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// What those endpoints answer that show more, or change something, for who has a token. It comes as a header, which no browser adds by itself.
enum GuardedResponse {
    /// - Parameters:
    ///   - gate: nil: nobody sees more than anyone.
    ///   - what: what is asked for, for the log.
    static func of(
        _ request: Request,
        _ context: AdminRequestContext,
        _ gate: TokenGate?,
        for what: String,
        _ body: (Access) async -> Response
    ) async -> Response {
        let header = request.headers[.authorization]
        switch await gate?.ask(header, for: what, from: context.remoteAddress) ?? .access(.anyone) {
        case .wrong:
            return fault(
                .unauthorized,
                "The token is none of this bridge. It is that of http.viewToken or http.controlToken.",
                [.wwwAuthenticate: "Bearer"]
            )
        case .tooMany:
            return fault(
                .tooManyRequests,
                "Too many wrong tokens came. Try again in a few seconds.",
                [.retryAfter: "5"]
            )
        case .access(let access): return await body(access)
        }
    }

    /// The same for what only the control token may do.
    /// - Parameter body: is given whose connection it is: behind a proxy, the proxy's.
    static func controlled(
        _ request: Request,
        _ context: AdminRequestContext,
        _ gate: TokenGate?,
        for what: String,
        _ body: (_ peer: String) async -> Response
    ) async -> Response {
        guard let gate, gate.tokens.control != nil else {
            return fault(
                .notFound,
                "Control over HTTP is off. Set HTTP_CONTROL_TOKEN or HTTP_CONTROL_TOKEN_FILE to switch it on."
            )
        }
        return await of(request, context, gate, for: what) { access in
            switch access {
            case .controller: return await body(context.remoteAddress?.ipAddress ?? "unknown")
            case .viewer:
                return fault(.forbidden, "The token of http.viewToken may look, and changes nothing.")
            case .anyone:
                return fault(
                    .unauthorized,
                    "This needs the header 'Authorization: Bearer TOKEN' with the token of http.controlToken.",
                    [.wwwAuthenticate: "Bearer"]
                )
            }
        }
    }

    static func fault(
        _ status: HTTPResponse.Status,
        _ text: String,
        _ headers: HTTPFields = [:],
        more: JSONObject = [:]
    ) -> Response {
        var object = more
        object["error"] = .string(text)
        return json(.object(object), status: status, headers)
    }

    static func json(
        _ value: JSONValue,
        status: HTTPResponse.Status = .ok,
        _ headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        let body = value.serialized(escapesInvisible: true) + [0x0A]
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
