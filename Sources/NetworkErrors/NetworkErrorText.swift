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
public enum NetworkErrorText {
    public static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            guard let attempt = error.connectionErrors.last else {
                return "no address found for \(error.host)"
            }
            return "\(error.host):\(error.port): \(of(attempt.error))"
        case ChannelError.connectTimeout(let time):
            return "no connection within \(time.nanoseconds / 1_000_000) ms"
        default: return tls(error) ?? String(describing: error)
        }
    }
}
