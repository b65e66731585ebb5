import HTTPTypes
import Hummingbird
import NIOCore

/// Answers only to names that are this server's.
struct HostMiddleware: RouterMiddleware {
    typealias Context = AdminRequestContext

    let rule: HostRule

    @concurrent
    func handle(
        _ request: Request,
        context: AdminRequestContext,
        next: @concurrent (Request, AdminRequestContext) async throws -> Response
    ) async throws -> Response {
        if rule.allows(request.head.authority) { return try await next(request, context) }
        let host = (request.head.authority ?? "").shown.cut(to: 200)
        let text = """
            This is not a server of the name \(host). Use an address or localhost, or add the name to http.allowedHosts \
            (HTTP_ALLOWED_HOSTS) of the bridge.

            """
        return Response(
            status: .misdirectedRequest,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
