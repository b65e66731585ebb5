import NIOHTTP1

/// What every answer of the admin port tells a browser: to guess no types, to show it in no frame, and to give it to no other site.
enum ResponsePolicy {
    static let headers: [(name: String, value: String)] = [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("Cache-Control", "no-store"),
    ]

    /// Adds what an answer does not say itself.
    static func apply(to answer: inout HTTPHeaders) {
        for (name, value) in headers where !answer.contains(name: name) { answer.add(name: name, value: value) }
    }
}
