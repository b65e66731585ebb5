import JSON

/// One request to send, as `loops-bridge map` writes it.
struct SampleRequest: Sendable {
    let method: String
    let path: String
    let body: [UInt8]
    /// What stands in for the idempotency key; nil where Loops takes none.
    let key: String?

    /// - Parameter line: `{"method":…,"path":…,"body":…}`.
    init?(line: some Collection<UInt8>) {
        guard let value = try? JSONParser.parse(Array(line)),
            let method = value["method"]?.stringValue,
            let path = value["path"]?.stringValue,
            let body = value["body"]
        else { return nil }
        self.method = method
        self.path = path.hasPrefix("/") ? String(path.dropFirst()) : path
        self.body = body.serialized()
        key = method == "POST" ? "0123456789abcdef0123456789abcdef" : nil
    }
}
