/// Where people find the page of a replica: what a member of the group publishes, and what stands in Redis for it.
///
/// Whoever may write to Redis may have written it. Invariant: it begins with `http://` or `https://`, has a host and perhaps a path, and nothing
/// else: no user, no query, no fragment, no character that means something in markup or in a script.
package struct PublicAddress: Sendable, Equatable {
    /// How long it may be, in bytes.
    package static let bytesMax = 200
    /// What is told to whoever sets one that cannot be used.
    package static let form =
        "http:// or https://, a host, and perhaps a port and a path, at most \(bytesMax) bytes: https://ops.example.com/bridge-1/"

    /// With a slash at its end, so that what is below it can be named.
    package let text: String
    /// Without the port; an address of IPv6 in its brackets.
    package let host: String

    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, let scheme = ["https://", "http://"].first(where: text.hasPrefix) else {
            return nil
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        guard let host = Self.host(of: authority), path.utf8.allSatisfy(Self.isOfPath) else { return nil }
        self.host = host
        self.text = path.hasSuffix("/") ? text : text + "/"
    }

    private static func host(of authority: Substring) -> String? {
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            let inner = host.dropFirst().dropLast()
            guard inner.contains(":"), inner.utf8.allSatisfy({ isHexadecimal($0) || ":.".utf8.contains($0) }) else {
                return nil
            }
        } else {
            host = authority.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.allSatisfy(isOfName) else { return nil }
        }
        let port = authority[host.endIndex...]
        let isPort = port.first == ":" && port.utf8.dropFirst().allSatisfy(isDigit)
        guard port.isEmpty || (isPort && (UInt16(port.dropFirst()) ?? 0) > 0) else { return nil }
        return String(host)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-._".utf8.contains(byte)
    }

    private static func isOfPath(_ byte: UInt8) -> Bool { isOfName(byte) || "/~%".utf8.contains(byte) }
}
