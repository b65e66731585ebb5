import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What an error of the network says to people, without its wrappings: `127.0.0.1:9464: Connection refused`.
package enum NetworkErrorText {
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            let host = error.host.contains(":") ? "[\(error.host)]" : error.host
            let attempts = error.connectionErrors
            guard let attempt = attempts.last else { return "no address found for \(error.host)" }
            // A name with several addresses: which of them fails in which way is what tells a broken IPv6 from a server that is down.
            let reasons =
                attempts.count == 1
                ? of(attempt.error)
                : attempts.map { "\($0.target.ipAddress ?? "?") \(of($0.error))" }.joined(separator: ", ")
            return "\(host):\(error.port): \(reasons)"
        case ChannelError.connectTimeout(let time):
            return "no connection within \(time.nanoseconds / 1_000_000) ms"
        default: return tls(error) ?? String(describing: error)
        }
    }
}
