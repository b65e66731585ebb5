import NIOCore
import NIOSSL

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Turns what a failed handshake says into a ``TLSError``. BoringSSL tells that verification failed, and not why: the certificate itself is looked at.
final class TLSErrorHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let security: NIOSSLClientHandler
    private let peer: TLSPeer
    private let wanted: String

    init(security: NIOSSLClientHandler, peer: TLSPeer, verifying host: String) {
        self.security = security
        self.peer = peer
        self.wanted = host
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let reason = CertificateFacts.reason(
            for: error,
            certificate: security.peerCertificate.map { CertificateFacts($0) },
            wanted: wanted,
            now: time(nil)
        )
        context.fireErrorCaught(reason.map { TLSError(peer: peer, reason: $0) } ?? error)
    }
}
