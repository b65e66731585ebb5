package import NIOCore
import NIOSSL

/// Transport security of a client: whom it trusts, who it is, and the handlers of one connection. Certificates are always verified.
package struct ClientTLS: Sendable {
    private let context: NIOSSLContext

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - certificateFile: PEM file of a client certificate, for servers that ask for one; `keyFile` holds its key.
    ///   - protocols: what ALPN offers.
    /// - Throws: ``TLSFileError``.
    package init(
        trusting authorities: TrustedAuthorities,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        protocols: [String] = []
    ) throws(TLSFileError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        try authorities.apply(to: &configuration)
        if let path = certificateFile {
            let chain = try TLSFileError.reading("certificate", path) { try NIOSSLCertificate.fromPEMFile(path) }
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let path = keyFile {
            let key = try TLSFileError.reading("key", path) { try NIOSSLPrivateKey(file: path, format: .pem) }
            configuration.privateKey = .privateKey(key)
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw authorities.unusable(error)
        }
    }

    /// Adds the handlers of one connection, whose errors say what is wrong with the certificate.
    ///
    /// - Parameter host: a name or an address, which the certificate has to be for. An address is compared with the one that the channel is
    ///   connected to.
    package func addHandlers(
        to pipeline: ChannelPipeline.SynchronousOperations,
        verifying host: String,
        peer: TLSPeer
    ) throws {
        // An IP address is no server name; it is verified against the certificate all the same.
        let isNumeric = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: context, serverHostname: isNumeric ? nil : host)
        try pipeline.addHandler(handler)
        try pipeline.addHandler(TLSErrorHandler(security: handler, peer: peer, verifying: host))
    }
}
