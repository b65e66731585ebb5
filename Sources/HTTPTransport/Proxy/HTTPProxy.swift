import NIOCore

/// An HTTP proxy, written as curl reads it: `[http[s]://][user:password@]host[:port]`.
package struct HTTPProxy: Sendable, Equatable {
    /// Whether the proxy itself is reached over TLS.
    package let isSecure: Bool
    /// A name or an address, without brackets.
    package let host: String
    package let port: Int
    /// The value of `Proxy-Authorization`; nil without a user. Never shown.
    let authorization: String?
    /// Where it was set: `loops.proxy`, or a variable's name.
    package let setting: String

    /// What the text of one has to look like.
    package static let form = "a proxy: [http:// or https://][user:password@]host[:port], reserved characters as %40"

    /// What is wrong with one. Never shows the text, which may hold a password.
    package struct FormError: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter setting: where the text was set, for error messages.
    package init(_ text: String, setting: String) throws(FormError) {
        self.setting = setting
        var rest = Substring(text)
        var scheme = "http"
        if let mark = text.firstRange(of: "://") {
            scheme = text[..<mark.lowerBound].lowercased()
            rest = text[mark.upperBound...]
        }
        guard scheme == "http" || scheme == "https" else {
            throw FormError(
                description: scheme.hasPrefix("socks")
                    ? "a SOCKS proxy, which is not supported: set an HTTP proxy, http:// or https://"
                    : "not \(Self.form)"
            )
        }
        isSecure = scheme == "https"
        // curl ignores a path. A password that is not percent-encoded must not be taken for one.
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !rest[authority.endIndex...].contains("@") else { throw FormError(description: "not \(Self.form)") }
        rest = authority
        if let at = rest.lastIndex(of: "@") {
            authorization = try Self.authorization(rest[..<at])
            rest = rest[rest.index(after: at)...]
        } else {
            authorization = nil
        }
        guard let place = HTTPOrigin("\(scheme)://\(rest)"), place.path.isEmpty else {
            throw FormError(description: "not \(Self.form)")
        }
        host = place.host
        let behindHost = rest.lastIndex(of: "]").map { rest[$0...] } ?? rest
        let hasPort = behindHost.contains(":")
        // Without a port curl takes 1080 for an http:// proxy, not 80.
        port = hasPort || isSecure ? place.port : 1080
    }

    /// `user:password`, percent-decoded, as RFC 7617 has it.
    private static func authorization(_ credentials: Substring) throws(FormError) -> String {
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentCoding.decoded(parts[0]), let password = PercentCoding.decoded(parts.last ?? ""),
            !user.contains(UInt8(ascii: ":"))
        else { throw FormError(description: "not \(form)") }
        let bytes = user + [UInt8(ascii: ":")] + (parts.count > 1 ? password : [])
        return "Basic \(Base64.encoded(bytes))"
    }

    /// Whether a user or a password is sent along.
    var hasCredentials: Bool { authorization != nil }

    /// What keeps an origin from being reached through a proxy, and what to do about it.
    package func fault(for origin: HTTPOrigin) -> String? {
        guard origin.isSecure, (try? SocketAddress(ipAddress: origin.host, port: 0)) != nil else { return nil }
        return """
            the certificate of an address cannot be verified behind a proxy. Use a host name, or reach it without the proxy (NO_PROXY, or \
            loops.proxy=none)
            """
    }

    /// `host:port`, with the brackets of an IPv6 address.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension HTTPProxy: CustomStringConvertible {
    /// Without user and password.
    package var description: String { "\(isSecure ? "https" : "http")://\(authority)" }
}
