package import HTTPTransport
package import NIOSupport

/// Where Loops is and how long to wait for it.
public struct LoopsConfiguration: Sendable {
    /// The API's base address, with or without a slash at its end.
    public var baseURL: String
    /// The team's API key. Never logged; see ``description``.
    public var apiKey: String
    /// The time one request may take from its first byte written to its last byte read.
    public var requestTimeout: Duration
    /// The time that making a connection may take. Part of the request's time.
    public var connectTimeout: Duration
    /// How many requests may be under way at once.
    public var maxInFlight: Int
    /// The most of an answer's body that is read, in bytes. A longer answer counts as ambiguous.
    public var maxAnswerBytes: Int
    /// Sent as `User-Agent`.
    public var userAgent: String

    /// The way out; nil for a direct one.
    package var proxy: HTTPProxy?
    /// Whose certificates are accepted.
    package var authorities = TrustedAuthorities()

    /// Where Loops is, for everybody.
    public static let standardBaseURL = "https://app.loops.so/api/v1"

    public init(
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
    public var description: String { "Loops at \(baseURL)\(proxy.map { " through proxy \($0)" } ?? "") (key hidden)" }
}
