/// A base address, taken apart: `http` or `https`, a host, perhaps a port and a path.
package struct HTTPOrigin: Sendable, Equatable {
    package let isSecure: Bool
    /// A name or an address, without brackets.
    package let host: String
    package let port: Int
    /// Empty, or with a slash at its beginning and none at its end.
    package let path: String

    /// What an address has to look like.
    package static let form = "an http:// or https:// address without user, query or fragment"

    /// - Returns: nil for what is not of the ``form``.
    package init?(_ text: String) {
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
        isSecure = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        // What is refused here would otherwise be sent to somebody, or be lost without a word.
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !rest.contains(where: { "?#@\\".contains($0) })
        else { return nil }
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        self.path = String(path)

        let host: Substring
        let port: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[..<end].dropFirst()
            port = authority[end...].dropFirst()
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        if port.isEmpty {
            self.port = isSecure ? 443 : 80
        } else {
            guard port.first == ":", port.dropFirst().allSatisfy(\.isWholeNumber),
                let number = UInt16(port.dropFirst()), number > 0
            else { return nil }
            self.port = Int(number)
        }
    }

    /// Whether it leads to this very machine, by its name or its address.
    package var isLoopback: Bool {
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `host:port`, the port always, as CONNECT has it.
    package var target: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// As the `Host` header has it.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
