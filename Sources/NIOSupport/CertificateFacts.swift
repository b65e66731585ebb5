import NIOCore
import NIOSSL

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What a certificate says that decides whether it is accepted.
struct CertificateFacts: Equatable {
    /// Seconds since 1970.
    var notBefore: Int
    var notAfter: Int
    /// DNS names and addresses, at most ``maxNames``, printable.
    var names: [String]

    /// The most names that are told.
    static let maxNames = 5
    /// The most characters of a name that are told.
    private static let maxNameLength = 100

    /// - Returns: why it was not accepted; nil for an error that is not about TLS, which other words fit.
    static func reason(
        for error: any Error,
        certificate: CertificateFacts?,
        wanted: String,
        now: Int
    ) -> TLSError.Reason? {
        if error as? NIOSSLExtraError == .failedToValidateHostname {
            return .otherName(wanted: wanted, has: certificate?.names ?? [])
        }
        guard case .handshakeFailed(let why)? = error as? NIOSSLError else { return nil }
        guard NetworkErrorText.isVerificationFailure(why) else { return .other(NetworkErrorText.handshake(why)) }
        if let certificate, now > certificate.notAfter { return .expired(on: day(certificate.notAfter)) }
        if let certificate, now < certificate.notBefore { return .notYetValid(until: day(certificate.notBefore)) }
        return .unknownAuthority
    }

    /// `2026-11-28`, in UTC.
    static func day(_ seconds: Int) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return "an unknown day" }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}

extension CertificateFacts {
    init(_ certificate: NIOSSLCertificate) {
        notBefore = Int(certificate.notValidBefore)
        notAfter = Int(certificate.notValidAfter)
        names = Array(certificate._subjectAlternativeNames().lazy.compactMap { Self.text($0) }.prefix(Self.maxNames))
    }

    private static func text(_ name: _SubjectAlternativeName) -> String? {
        let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
        switch name.nameType {
        case .dnsName:
            // It goes to logs and terminals, and anybody may have written it.
            let text = String(
                decoding: bytes.filter { (0x21...0x7E).contains($0) }.prefix(maxNameLength),
                as: UTF8.self
            )
            return text.isEmpty ? nil : text
        case .ipAddress:
            return (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0))?.ipAddress
        default: return nil
        }
    }
}
