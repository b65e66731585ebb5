import NIOCore
import NIOPosix
import NIOSSL

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

extension NetworkErrorText {
    /// What transport security says to people; nil for any other error.
    static func tls(_ error: any Error) -> String? {
        if let error = error as? NIOSSLExtraError {
            return error == .failedToValidateHostname
                ? "TLS: the server's certificate is for another name" : "TLS: \(error)"
        }
        switch error as? NIOSSLError {
        case nil: return nil
        case .uncleanShutdown: return "TLS: the server closed the connection without a word"
        case .handshakeFailed(let why): return "TLS: \(handshake(why))"
        case let error?: return "TLS: \(error)"
        }
    }

    /// Whether it was this side that did not accept the certificate.
    static func isVerificationFailure(_ error: BoringSSLError) -> Bool {
        String(describing: error).contains("CERTIFICATE_VERIFY_FAILED")
    }

    /// BoringSSL's reasons stand in capitals at the end of what it says, before the path of a file of its build.
    static func handshake(_ error: BoringSSLError) -> String {
        let text = String(describing: error)
        let known = [
            (
                "CERTIFICATE_VERIFY_FAILED",
                "the server's certificate is not trusted: its authority is unknown here, or it has expired"
            ),
            ("WRONG_VERSION_NUMBER", "the server does not speak TLS on this port"),
            ("HTTP_REQUEST", "the server does not speak TLS on this port"),
            ("UNSUPPORTED_PROTOCOL", "the server speaks no version of TLS that is safe (1.2 or newer)"),
            ("PROTOCOL_VERSION", "the server speaks no version of TLS that is safe (1.2 or newer)"),
            ("CERTIFICATE_REQUIRED", "the server wants a client certificate"),
            ("EOF during handshake", "the server closed the connection during the handshake"),
        ]
        if let (_, words) = known.first(where: { text.contains($0.0) }) { return words }
        let reason = text.firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/).map { ": \($0.1)" } ?? ""
        return "the handshake failed\(reason)"
    }
}
