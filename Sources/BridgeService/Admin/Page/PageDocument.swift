import Crypto
import HTTPTypes

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A page: one document with its style and its scripts inside it, all of it in the binary.
///
/// The policy that goes with it allows nothing but this very style and these scripts, and connections to where the page came from.
struct PageDocument: Sendable {
    let body: [UInt8]
    let headers: HTTPFields

    /// The dashboard, with its scripts in the order in which they need each other.
    static var dashboard: PageDocument {
        PageDocument(
            PackageResources.page_html,
            scripts: [
                ("page.js", PackageResources.page_js), ("views.js", PackageResources.views_js),
                ("events.js", PackageResources.events_js), ("letters.js", PackageResources.letters_js),
                ("mappings.js", PackageResources.mappings_js), ("replicas.js", PackageResources.replicas_js),
                ("overview.js", PackageResources.overview_js), ("intake.js", PackageResources.intake_js),
            ]
        )
    }

    /// The runbook: `make reference` writes it from docs/how-to/runbook.md. It needs no script.
    static var runbook: PageDocument { PageDocument(PackageResources.runbook_html, scripts: []) }

    private init(_ html: [UInt8], scripts: [(name: String, bytes: [UInt8])]) {
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        let scripts = scripts.map { (name: $0.name, text: String(decoding: $0.bytes, as: UTF8.self)) }
        var document = String(decoding: html, as: UTF8.self).replacing("/*style*/", with: style)
        for script in scripts { document = document.replacing("/*\(script.name)*/", with: script.text) }
        body = Array(document.utf8)
        let allowed = scripts.isEmpty ? "'none'" : scripts.map { Self.hash($0.text) }.joined(separator: " ")
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .cacheControl: "no-store",
            .contentSecurityPolicy: """
            default-src 'none'; style-src \(Self.hash(style)); script-src \(allowed); \
            connect-src \(scripts.isEmpty ? "'none'" : "'self'"); \
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
