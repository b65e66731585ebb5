import HTTPTypes
import Hummingbird
import NIOCore

/// Whether a request that changes something comes from the bridge's own page, or from no page at all.
///
/// No other site's page knows the token, and no browser adds it by itself. This holds where somebody gave the token away.
enum OriginRule {
    /// - Parameters:
    ///   - site: `Sec-Fetch-Site`, by which browsers say whose page asks; they leave it out in plain HTTP.
    ///   - origin: `Origin`: the page's address.
    ///   - authority: the name under which the bridge was asked.
    static func allows(site: String?, origin: String?, authority: String?) -> Bool {
        if let site { return ["same-origin", "none"].contains(site) }
        guard let origin else { return true }
        guard let authority, let scheme = ["https://", "http://"].first(where: origin.hasPrefix) else { return false }
        return origin.dropFirst(scheme.count).lowercased() == authority.lowercased()
    }
}

/// Refuses what another site's page sends, unless it only reads.
struct OriginMiddleware: RouterMiddleware {
    typealias Context = AdminRequestContext

    private static let site = HTTPField.Name("Sec-Fetch-Site")

    @concurrent
    func handle(
        _ request: Request,
        context: AdminRequestContext,
        next: @concurrent (Request, AdminRequestContext) async throws -> Response
    ) async throws -> Response {
        let isAllowed = OriginRule.allows(
            site: Self.site.flatMap { request.headers[$0] },
            origin: request.headers[.origin],
            authority: request.head.authority
        )
        // Nothing else changes anything here.
        if request.method != .post || isAllowed { return try await next(request, context) }
        return GuardedResponse.fault(
            .forbidden,
            "Another site's page asks for this. Use the bridge's own page, or a proxy that passes on the Host of its visitors."
        )
    }
}
