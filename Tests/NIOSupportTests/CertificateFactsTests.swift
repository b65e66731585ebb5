import NIOCore
import NIOSSL
import Testing

@testable import NIOSupport

@Suite("Why a certificate was not accepted")
struct CertificateFactsTests {
    private static let peer = TLSPeer(
        name: "redis:6380",
        authoritySetting: "caFile in redis.url",
        nameAdvice: "Set redis.serverName to a name that it is for"
    )
    private static let certificate = CertificateFacts(
        notBefore: 1_700_000_000,
        notAfter: 1_700_086_400,
        names: ["redis.internal", "10.0.0.5"]
    )
    private static let unverified = NIOSSLError.handshakeFailed(.sslError([]))

    private func words(
        _ error: any Error,
        _ certificate: CertificateFacts? = Self.certificate,
        now: Int = 1_700_000_001
    ) -> String? {
        CertificateFacts.reason(for: error, certificate: certificate, wanted: "redis", now: now)
            .map { "\(TLSError(peer: Self.peer, reason: $0))" }
    }

    @Test("Another name: which it has, and the setting")
    func otherName() {
        #expect(
            words(NIOSSLExtraError.failedToValidateHostname)
                == "TLS: the certificate of redis:6380 is for redis.internal, 10.0.0.5, not for redis. Set redis.serverName to a name that it is for"
        )
        #expect(words(NIOSSLExtraError.failedToValidateHostname, nil)?.contains("is for no name") == true)
    }

    @Test("What is not about TLS keeps its own words, and a handshake never tells of the build's files")
    func others() {
        #expect(words(ChannelError.ioOnClosedChannel) == nil)
        #expect(words(Self.unverified) == "TLS with redis:6380: the handshake failed")
        let eof = NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake]))
        #expect(words(eof) == "TLS with redis:6380: the server closed the connection during the handshake")
    }

    @Test func days() {
        #expect(CertificateFacts.day(1_700_086_400) == "2023-11-15" && CertificateFacts.day(0) == "1970-01-01")
        #expect(CertificateFacts.day(4_102_444_799) == "2099-12-31")
    }
}
