import NIOCore

/// Under which names the admin port answers.
///
/// A page of another site can have its own name lead to this machine (DNS rebinding), and may then read what answers to that name. It cannot
/// make a browser send an address, `localhost`, or a name of ours.
struct HostRule: Sendable {
    /// Stands for any name.
    static let any = "*"

    private let names: Set<String>
    /// With a dot at their beginning: all names that end like this.
    private let domains: [String]

    /// - Parameter names: those of this server, and `*.example.com` for all names of a domain.
    init(_ names: [String]) {
        let names = names.map { Self.plain($0[...]) }
        self.names = Set(names)
        self.domains = names.filter { $0.hasPrefix("*.") }.map { String($0.dropFirst()) }
    }

    /// Whether a name can be one of a `Host` header, or stands for some.
    static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
        return text == any
            || (!name.isEmpty && name.utf8.count <= 253
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) })
    }

    /// - Parameter authority: the `Host` header, a port included; nil for a request without one, which no browser sends.
    func allows(_ authority: String?) -> Bool {
        guard let authority else { return true }
        guard let host = Self.host(of: authority) else { return false }
        if names.contains(Self.any) || Self.isAddress(host) { return true }
        let name = Self.plain(host)
        return name == "localhost" || name.hasSuffix(".localhost") || names.contains(name)
            || domains.contains { name.hasSuffix($0) }
    }

    /// Without the port; nil for what is of no such form.
    private static func host(of authority: String) -> Substring? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let port = authority[authority.index(after: end)...]
            return isPort(port) ? authority[...end] : nil
        }
        guard let colon = authority.lastIndex(of: ":") else { return authority[...] }
        return isPort(authority[colon...]) ? authority[..<colon] : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.first == ":" && text.dropFirst().allSatisfy { ("0"..."9").contains($0) })
    }

    private static func isAddress(_ host: Substring) -> Bool {
        var address = host
        if host.hasPrefix("["), host.hasSuffix("]") {
            // A zone says by which interface; it is no part of the address.
            address = host.dropFirst().dropLast().prefix { $0 != "%" }
            guard address.contains(":") else { return false }
        }
        // Only the usual form: `127.1` and `0x7f000001` are none.
        return (try? SocketAddress(ipAddress: String(address), port: 0)) != nil
    }

    /// Lowercase, and without the dot that ends a full name.
    private static func plain(_ name: Substring) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
