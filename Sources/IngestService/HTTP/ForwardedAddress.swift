import BridgeService

/// Whose request it is, where proxies stand in between.
///
/// A value. Anybody may write anything into `X-Forwarded-For`: only what a trusted proxy has added to it is believed, from its end on.
struct ForwardedAddress: Sendable {
    let trusted: [AddressRange]
    /// Longer headers are not read to their beginning.
    private static let proxiesMax = 10

    func isTrusted(_ address: String) -> Bool { trusted.contains { $0.contains(address) } }

    /// - Parameters:
    ///   - peer: the address of the connection.
    ///   - header: all `X-Forwarded-For` headers, in order.
    /// - Returns: the first address from the end that is no trusted proxy's.
    func sender(peer: String?, header: [String]) -> String? {
        guard let peer, isTrusted(peer) else { return peer }
        var sender = peer
        let hops = header.joined(separator: ",").split(separator: ",").suffix(Self.proxiesMax)
        for hop in hops.reversed() {
            let address = String(hop.filter { $0 != " " && $0 != "\t" })
            // What is no address was written by nobody whom we trust.
            guard AddressRange(address) != nil, !address.contains("/") else { return sender }
            sender = address
            if !isTrusted(address) { return sender }
        }
        return sender
    }
}
