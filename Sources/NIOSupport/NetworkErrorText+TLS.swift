import NIOSSL

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
