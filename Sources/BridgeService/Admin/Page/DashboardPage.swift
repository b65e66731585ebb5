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

    /// In the order in which they need each other.
    private static let scripts = [
        ("page.js", PackageResources.page_js), ("views.js", PackageResources.views_js),
        ("events.js", PackageResources.events_js), ("letters.js", PackageResources.letters_js),
        ("mappings.js", PackageResources.mappings_js), ("replicas.js", PackageResources.replicas_js),
        ("overview.js", PackageResources.overview_js), ("intake.js", PackageResources.intake_js),
    ]

    init() {
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        let scripts = Self.scripts.map { (name: $0, text: String(decoding: $1, as: UTF8.self)) }
        var document = String(decoding: PackageResources.page_html, as: UTF8.self).replacing("/*style*/", with: style)
        for script in scripts { document = document.replacing("/*\(script.name)*/", with: script.text) }
        body = Array(document.utf8)
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .cacheControl: "no-store",
            .contentSecurityPolicy: """
            default-src 'none'; style-src \(Self.hash(style)); script-src \(scripts.map { Self.hash($0.text) }.joined(separator: " ")); \
            connect-src 'self'; \
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
