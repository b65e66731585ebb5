/// The answer of `INFO`: names and values, as `redis_version` and `7.0.15`.
package struct ServerInfo: Sendable, Equatable {
    private let values: [String: String]

    package init(_ text: String) {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let pair = line.split(separator: ":", maxSplits: 1)
            if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
        }
        self.values = values
    }

    /// The server's replication ID in an answer of `INFO replication`: another one after every restart and every promotion.
    package static func replicationID(in reply: RedisValue) -> String? {
        guard let bytes = reply.bytes else { return nil }
        let name = Bytes("master_replid:".utf8)
        guard let start = bytes.firstRange(of: name)?.upperBound else { return nil }
        return String(decoding: bytes[start...].prefix { $0 > 0x20 }, as: UTF8.self)
    }

    /// The server by its own name: `Valkey 9.1.2`, `Redis 7.0.15`. Forks of Redis keep its field for the version that they speak.
    package var product: String {
        let spoken = self["redis_version"] ?? ""
        guard let name = self["server_name"], name.lowercased() != "redis" else { return "Redis \(spoken)" }
        let shown = name.prefix(1).uppercased() + name.dropFirst()
        return self["\(name)_version"].map { "\(shown) \($0)" } ?? shown
    }

    /// nil when the server does not say it.
    package subscript(name: String) -> String? { values[name] }
}
