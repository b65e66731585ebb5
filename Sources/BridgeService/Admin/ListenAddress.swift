#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the admin endpoints listen.
package enum ListenAddress {
    /// `::` stands for every address, of IPv4 too. A kernel without IPv6 (`ipv6.disable=1`) refuses it: there, every address is one of IPv4.
    /// - Parameter ipv6: a file that is there where the kernel has IPv6.
    package static func bound(_ host: String, ipv6: String = "/proc/net/if_inet6") -> String {
        #if os(Linux)
            if host == "::", !FileManager.default.fileExists(atPath: ipv6) { return "0.0.0.0" }
        #endif
        return host
    }

    /// As in an address of HTTP: `[::1]:9464`.
    package static func shown(_ host: String, port: Int) -> String {
        (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}
