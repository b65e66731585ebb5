/// A request as its server has read it.
package struct IngestRequest: Sendable {
    package typealias Header = (name: String, value: String)

    package let endpoint: IngestEndpoint
    /// Behind the question mark, still percent-encoded; empty when there is none.
    package let query: String
    package let headers: [Header]
    /// De-chunked; still compressed where ``contentEncoding`` says so.
    package let body: [UInt8]
    /// The sender's address, where the server knows it: of the connection, or what a named proxy says.
    package let remoteAddress: String?

    package init(
        endpoint: IngestEndpoint,
        query: String = "",
        headers: [Header] = [],
        body: [UInt8] = [],
        remoteAddress: String? = nil
    ) {
        self.endpoint = endpoint
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The first header of that name, in any capitals.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.utf8.count == wanted.utf8.count && $0.name.lowercased() == wanted }?.value
    }

    /// In small letters; nil when the body is as it is.
    package var contentEncoding: String? {
        guard let text = header("Content-Encoding").map(Self.trimmed), !text.isEmpty else { return nil }
        let encoding = text.lowercased()
        return encoding == "identity" ? nil : encoding
    }

    /// Which attempt of an SDK this is, 0 for the first or for an SDK that does not say so.
    package var retryCount: Int {
        (header("X-Retry-Count") ?? header("Rsa-Retry-Attempt")).flatMap { Int(Self.trimmed($0)) }
            .map { min(max($0, 0), 1_000_000) } ?? 0
    }

    /// The query's members, percent-decoded; of a name that comes twice, the first.
    package func queryValue(_ name: String) -> String? { QueryText.members(query).first { $0.name == name }?.value }

    static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
