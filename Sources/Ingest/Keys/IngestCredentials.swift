package import JSON

/// The key of a request. Asked in this order, and the first that is a key counts: HTTP Basic's user, `X-Write-Key`, a bearer token, the query
/// (pixel and beacon only), `writeKey` of the body. Mobile SDKs have it in the body alone; with OAuth, the bearer token is none of ours.
package struct IngestCredentials: Sendable {
    /// Longer ones are none.
    static let bytesMax = 1000

    /// What may be a key outside of the body.
    package let candidates: [String]

    package init(_ request: IngestRequest) {
        var candidates: [String] = []
        let authorization = request.header("Authorization").map(IngestRequest.trimmed)
        let parts = authorization?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        if parts.count == 2, parts[0].lowercased() == "basic", let user = Self.basicUser(parts[1]) {
            candidates.append(user)
        }
        if let key = request.header("X-Write-Key") { candidates.append(IngestRequest.trimmed(key)) }
        if parts.count == 2, parts[0].lowercased() == "bearer" { candidates.append(IngestRequest.trimmed(parts[1])) }
        switch request.endpoint {
        case .pixel, .beacon:
            if let key = request.queryValue("writeKey") { candidates.append(key) }
        case .settings(let key): candidates.append(key)
        default: break
        }
        self.candidates = candidates.filter(Self.isPossible)
    }

    /// - Parameter body: the request's object, once it is read.
    /// - Throws: ``IngestRefusal/noKey`` or ``IngestRefusal/unknownKey``
    package func key(in keys: IngestKeys, body: JSONValue? = nil) throws(IngestRefusal) -> IngestKey {
        var candidates = candidates
        if let key = Self.bodyKey(body), Self.isPossible(key) { candidates.append(key) }
        for candidate in candidates {
            if let key = keys.key(for: candidate) { return key }
        }
        throw candidates.isEmpty ? .noKey : .unknownKey
    }

    /// Rudder's and old browsers' single events have it beside their members; some SDKs only in each event of a batch.
    private static func bodyKey(_ body: JSONValue?) -> String? {
        body?["writeKey"]?.stringValue ?? body?["batch"]?.arrayValue?.first?["writeKey"]?.stringValue
    }

    private static func isPossible(_ text: String) -> Bool { !text.isEmpty && text.utf8.count <= bytesMax }

    /// The user of `user:password`, or all of it: Segment accepts it without the colon.
    private static func basicUser(_ text: String) -> String? {
        guard text.utf8.count <= bytesMax * 2, let bytes = Base64.decoded(text) else { return nil }
        return String(validating: bytes.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }
}
