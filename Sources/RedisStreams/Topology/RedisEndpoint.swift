/// A host and its port.
package struct RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, the host of an IPv6 address without brackets, as MOVED has it.
    /// - Parameter asked: who said it: an empty host means that one.
    init?(_ text: some StringProtocol, asked: RedisEndpoint) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65535).contains(port)
        else { return nil }
        let host = String(text[..<colon])
        self.init(host: host.isEmpty ? asked.host : host, port: port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
