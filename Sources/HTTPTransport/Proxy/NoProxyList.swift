#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Which hosts are reached without a proxy: `NO_PROXY`, as curl 8 reads it.
///
/// Items are separated by commas or spaces. `*` alone is every host. A name is that host and all below it, with or without a leading dot. An
/// address is itself, and with `/bits` its network.
package struct NoProxyList: Sendable, Equatable {
    private let isEverything: Bool
    private let items: [Substring]

    package init(_ text: String) {
        items = text.split { $0 == "," || $0.isWhitespace }
        isEverything = items == ["*"]
    }

    /// - Parameter host: a name or an address, without brackets.
    package func contains(_ host: String) -> Bool {
        if isEverything { return true }
        if let address = Self.bytes(host) { return items.contains { Self.network($0, contains: address) } }
        let name = Self.bare(host[...])
        return items.contains { item in
            let domain = Self.bare(item)
            return !domain.isEmpty && (name == domain || name.hasSuffix("." + domain))
        }
    }

    /// A name in lower case, without dots at its ends.
    private static func bare(_ name: Substring) -> String {
        var name = name
        if name.first == "." { name.removeFirst() }
        if name.last == "." { name.removeLast() }
        return name.lowercased()
    }

    private static func network(_ item: Substring, contains address: [UInt8]) -> Bool {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts[0].hasPrefix("[") && parts[0].hasSuffix("]") ? parts[0].dropFirst().dropLast() : parts[0]
        guard let network = bytes(String(text)), network.count == address.count else { return false }
        guard parts.count == 2 else { return network == address }
        guard let bits = Int(parts[1]), (0...address.count * 8).contains(bits) else { return false }
        return zip(network, address).enumerated().allSatisfy { index, pair in
            let kept = min(max(bits - index * 8, 0), 8)
            return (pair.0 ^ pair.1) >> (8 - kept) == 0
        }
    }

    /// The bytes of an IPv4 or IPv6 address; nil for a name.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 { return four }
        var six = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &six) == 1 ? six : nil
    }
}
