/// What is wrong with a Redis address. Never shows the address itself, which may hold a password.
package struct RedisURLError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}

extension RedisConfiguration {
    /// Reads `redis://user:password@host:port/db`, `rediss://…` for TLS, `unix:///path`, `redis+sentinel://host:port,host:port/name/db` or
    /// `redis+cluster://host:port,host:port`, each with options behind `?`: `db`, `user`, `password`, `caFile`, `certificateFile`, `keyFile`,
    /// `serverName`, `sentinelUser`, `sentinelPassword`. Percent-encoding is undone.
    package init(url: String) throws(RedisURLError) {
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw RedisURLError(description: "an address starts with redis://, rediss:// or unix://")
        }
        let scheme = url[..<schemeEnd.lowerBound].lowercased()
        var rest = url[schemeEnd.upperBound...]
        var options: [(String, String)] = []
        if let mark = rest.firstIndex(of: "?") {
            options = try Self.options(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        switch scheme {
        case "redis", "rediss":
            try self.init(authority: rest)
            if scheme == "rediss" { tls = TLS() }
        case "unix", "redis+unix":
            guard rest.hasPrefix("/") else {
                throw RedisURLError(description: "unix:// wants an absolute path: unix:///run/redis.sock")
            }
            self.init(address: .unix(path: try Self.decoded(rest)))
        case "redis+sentinel", "rediss+sentinel":
            try self.init(sentinels: rest)
            if scheme == "rediss+sentinel" { tls = TLS() }
        case "redis+cluster", "rediss+cluster":
            try self.init(seeds: rest)
            if scheme == "rediss+cluster" { tls = TLS() }
        default:
            throw RedisURLError(
                description: "the scheme is none of redis, rediss, unix, redis+sentinel, redis+cluster"
            )
        }
        for (name, value) in options { try apply(name, value) }
        if isCluster && database != 0 { throw RedisURLError(description: "a cluster has only database 0") }
    }

    private init(authority rest: Substring) throws(RedisURLError) {
        let (credentials, hosts, path) = Self.parts(rest)
        let endpoint = try Self.endpoint(hosts, port: 6379)
        self.init(address: .host(endpoint.host, port: endpoint.port))
        try take(credentials)
        if !path.isEmpty { database = try Self.database(String(path)) }
    }

    private init(sentinels rest: Substring) throws(RedisURLError) {
        let (credentials, hosts, path) = Self.parts(rest)
        let words = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = words.first, !name.isEmpty, words.count <= 2 else {
            throw RedisURLError(
                description: "the name that the sentinels know is missing: redis+sentinel://host,host/name"
            )
        }
        self.init(address: .sentinel(try Self.endpoints(hosts, port: 26379), service: try Self.decoded(name)))
        try take(credentials)
        if words.count == 2 { database = try Self.database(String(words[1])) }
    }

    private init(seeds rest: Substring) throws(RedisURLError) {
        let (credentials, hosts, path) = Self.parts(rest)
        self.init(address: .cluster(try Self.endpoints(hosts, port: 6379)))
        try take(credentials)
        if !path.isEmpty { database = try Self.database(String(path)) }
    }

    /// `credentials@hosts/path`, the credentials nil when there are none.
    private static func parts(_ rest: Substring) -> (credentials: Substring?, hosts: Substring, path: Substring) {
        var hosts = rest
        var path: Substring = ""
        if let slash = rest.firstIndex(of: "/") {
            hosts = rest[..<slash]
            path = rest[rest.index(after: slash)...]
        }
        guard let at = hosts.lastIndex(of: "@") else { return (nil, hosts, path) }
        return (hosts[..<at], hosts[hosts.index(after: at)...], path)
    }

    private mutating func take(_ credentials: Substring?) throws(RedisURLError) {
        guard let credentials else { return }
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try Self.decoded(parts[0])
        // `redis://:password@…` has no user, as redis-cli reads it.
        user = first.isEmpty ? nil : first
        password = parts.count > 1 ? try Self.decoded(parts[1]) : nil
    }

    private static func endpoints(_ list: Substring, port: Int) throws(RedisURLError) -> [RedisEndpoint] {
        var endpoints: [RedisEndpoint] = []
        for item in list.split(separator: ",", omittingEmptySubsequences: false) {
            endpoints.append(try endpoint(item, port: port))
        }
        return endpoints
    }

    private static func endpoint(_ text: Substring, port standard: Int) throws(RedisURLError) -> RedisEndpoint {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else {
                throw RedisURLError(description: "an IPv6 address ends with ]")
            }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw RedisURLError(description: "behind ] comes the port, or nothing")
            }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw RedisURLError(description: "the host is missing") }
        guard let port else { return RedisEndpoint(host: String(host), port: standard) }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw RedisURLError(description: "the port is no number from 1 to 65535")
        }
        return RedisEndpoint(host: String(host), port: number)
    }

    private static func database(_ text: String) throws(RedisURLError) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw RedisURLError(description: "the database is no number from 0")
        }
        return number
    }

    private static func options(_ text: Substring) throws(RedisURLError) -> [(String, String)] {
        var options: [(String, String)] = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw RedisURLError(description: "an option is NAME=VALUE") }
            options.append((try decoded(pair[0]), try decoded(pair[1])))
        }
        return options
    }

    private mutating func apply(_ name: String, _ value: String) throws(RedisURLError) {
        switch name {
        case "db": database = try Self.database(value)
        case "user": user = value
        case "password": password = value
        case "sentinelUser", "sentinelPassword":
            guard case .sentinel = address else {
                throw RedisURLError(description: "\(name) goes with redis+sentinel:// only")
            }
            if name == "sentinelUser" { sentinelUser = value } else { sentinelPassword = value }
        case "caFile", "certificateFile", "keyFile", "serverName":
            guard tls != nil else { throw RedisURLError(description: "\(name) goes with rediss:// only") }
            if name == "caFile" { tls?.caFile = value }
            if name == "certificateFile" { tls?.certificateFile = value }
            if name == "keyFile" { tls?.keyFile = value }
            if name == "serverName" {
                guard TLS.isServerName(value) else {
                    throw RedisURLError(description: "serverName is not \(TLS.serverNameForm)")
                }
                tls?.serverName = value
            }
        default:
            // Not even the name is shown: it may be the rest of a password with an unescaped question mark.
            throw RedisURLError(
                description:
                    "an option is none of db, user, password, caFile, certificateFile, keyFile, serverName, sentinelUser, sentinelPassword (write %3F for a question mark)"
            )
        }
    }

    /// Undoes percent-encoding.
    private static func decoded(_ text: Substring) throws(RedisURLError) -> String {
        var bytes = Bytes()
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
                throw RedisURLError(
                    description: "a % is not followed by two hexadecimal digits (write %25 for a percent sign)"
                )
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw RedisURLError(description: "percent-encoding stands for bytes that are not UTF-8")
        }
        return decoded
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
