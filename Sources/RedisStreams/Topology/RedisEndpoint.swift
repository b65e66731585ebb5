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

/// Holds the form of an address against the kind of server that answered there.
extension RedisConfiguration {
    /// What to set instead, for people; nil when the form fits.
    package func advice(for mode: ServerIdentity.Mode?) -> String? {
        guard case .host(let host, let port) = address else { return nil }
        let place = RedisEndpoint(host: host, port: port)
        let scheme = tls == nil ? "redis" : "rediss"
        switch mode {
        case .cluster: return "this server is part of a cluster: set redis.url to \(scheme)+cluster://\(place)"
        case .sentinel:
            return "this is a sentinel and keeps no streams: set redis.url to \(scheme)+sentinel://\(place)/NAME"
        case .standalone, nil: return nil
        }
    }
}

extension ServerInfo {
    /// What kind of server it is; nil when it does not say.
    package var mode: ServerIdentity.Mode? { self["redis_mode"].flatMap { ServerIdentity.Mode(rawValue: $0) } }
}
