/// What a browser wants to hear before a page of another origin may send or read.
enum CrossOrigin {
    /// Chromium's limit is two hours, RudderStack's server says this.
    private static let maxAge = "900"
    private static let requestedHeadersMax = 1000

    /// The headers for a page whose origin a browser's key lists; none for others, and for requests that come from no page.
    static func headers(for request: IngestRequest, keys: IngestKeys) -> [IngestAnswer.Header] {
        guard let origin = request.header("Origin"), keys.allows(origin: origin) else { return [] }
        return [
            .init("Access-Control-Allow-Origin", origin), .init("Access-Control-Allow-Credentials", "true"),
            .init("Vary", "Origin"),
            // Without this, a page's script does not see how long to wait.
            .init("Access-Control-Expose-Headers", "Retry-After"),
        ]
    }

    static func preflight(_ request: IngestRequest, keys: IngestKeys) -> IngestAnswer {
        let headers = headers(for: request, keys: keys)
        guard !headers.isEmpty else { return .refused(.originNotAllowed) }
        var answer = IngestAnswer.noContent
        answer.headers =
            headers + [.init("Access-Control-Allow-Methods", "GET, POST"), .init("Access-Control-Max-Age", maxAge)]
        // `*` does not cover Authorization: what is asked for is what is allowed.
        if let asked = request.header("Access-Control-Request-Headers"), isHeaderList(asked) {
            answer.headers.append(.init("Access-Control-Allow-Headers", asked))
        }
        return answer
    }

    private static func isHeaderList(_ text: String) -> Bool {
        text.utf8.count <= requestedHeadersMax
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ","),
                    UInt8(ascii: " "):
                    true
                default: false
                }
            }
    }
}
