package import HTTPTransport
package import NIOSupport

/// Where Loops is and how long to wait for it.
package struct LoopsConfiguration: Sendable {
    /// The API's base address, with or without a slash at its end.
    package var baseURL: String
    /// The team's API key. Never logged; see ``description``.
    package var apiKey: String
    /// The time one request may take from its first byte written to its last byte read.
    package var requestTimeout: Duration
    /// The time that making a connection may take. Part of the request's time.
    package var connectTimeout: Duration
    /// How many requests may be under way at once.
    package var maxInFlight: Int
    /// The most of an answer's body that is read, in bytes. A longer answer counts as ambiguous.
    package var maxAnswerBytes: Int
    /// Sent as `User-Agent`.
    package var userAgent: String

    /// The way out; nil for a direct one.
    package var proxy: HTTPProxy?
    /// Whose certificates are accepted.
    package var authorities = TrustedAuthorities()

    /// Where Loops is, for everybody.
    package static let standardBaseURL = "https://app.loops.so/api/v1"

    package init(
        baseURL: String = standardBaseURL,
        apiKey: String,
        requestTimeout: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(5),
        maxInFlight: Int = 16,
        maxAnswerBytes: Int = 64 * 1024,
        userAgent: String
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.apiKey = apiKey
        self.requestTimeout = requestTimeout
        self.connectTimeout = connectTimeout
        self.maxInFlight = maxInFlight
        self.maxAnswerBytes = maxAnswerBytes
        self.userAgent = userAgent
    }
}

extension LoopsConfiguration: CustomStringConvertible {
    package var description: String { "Loops at \(baseURL)\(proxy.map { " through proxy \($0)" } ?? "") (key hidden)" }
}
