import Crypto
import HTTPTypes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The dashboard: one document with its style and its script inside it, all of it in the binary.
///
/// The policy that goes with it allows nothing but this very style and script, and connections to where the page came from.
struct DashboardPage: Sendable {
    let body: [UInt8]
    let headers: HTTPFields

    init() {
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        let script = String(decoding: PackageResources.page_js, as: UTF8.self)
        let events = String(decoding: PackageResources.events_js, as: UTF8.self)
        let document = String(decoding: PackageResources.page_html, as: UTF8.self)
        body = Array(
            document.replacing("/*style*/", with: style).replacing("/*script*/", with: script)
                .replacing("/*events*/", with: events).utf8
        )
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .cacheControl: "no-store",
            .contentSecurityPolicy: """
            default-src 'none'; style-src \(Self.hash(style)); script-src \(Self.hash(script)) \(Self.hash(events)); connect-src 'self'; \
            img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """,
            .xContentTypeOptions: "nosniff",
        ]
        for (name, value) in [("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin")] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        self.headers = headers
    }

    /// A text as a source of a content security policy.
    private static func hash(_ text: String) -> String {
        "'sha256-\(Data(SHA256.hash(data: Array(text.utf8))).base64EncodedString())'"
    }
}
