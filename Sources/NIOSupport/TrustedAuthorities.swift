import NIOSSL

/// Whose certificates a client accepts.
package struct TrustedAuthorities: Sendable, Equatable {
    /// The environment variable that names ``systemFile``, as OpenSSL and curl read it.
    package static let variable = "SSL_CERT_FILE"

    /// A PEM file in place of the system's authorities; the system's own when nil.
    package var systemFile: String?
    /// A PEM file of authorities.
    package var file: String?
    /// Whether those of ``file`` are the only ones.
    package var trustsOnlyFile = false

    package init(systemFile: String? = nil, file: String? = nil, trustsOnlyFile: Bool = false) {
        self.systemFile = systemFile
        self.file = file
        self.trustsOnlyFile = trustsOnlyFile
    }

    /// Reads the files.
    func apply(to configuration: inout TLSConfiguration) throws(TLSFileError) {
        let own = try file.map { path throws(TLSFileError) in try Self.certificates("CA", path) } ?? []
        if trustsOnlyFile, file != nil {
            configuration.trustRoots = .certificates(own)
            return
        }
        if let path = systemFile {
            configuration.trustRoots = .certificates(try Self.certificates("\(Self.variable)", path))
        }
        if !own.isEmpty { configuration.additionalTrustRoots = [.certificates(own)] }
    }

    /// What is wrong where no file of its own is: the system has no authorities, or a key does not belong to its certificate.
    func unusable(_ error: any Error) -> TLSFileError {
        TLSFileError(
            description: """
                TLS cannot be set up (\(error)). Install the package ca-certificates, or set \(Self.variable) to a PEM file of the \
                authorities to trust; a client's key has to belong to its certificate.
                """
        )
    }

    private static func certificates(_ role: String, _ path: String) throws(TLSFileError) -> [NIOSSLCertificate] {
        let certificates = try TLSFileError.reading(role, path) { try NIOSSLCertificate.fromPEMFile(path) }
        // A file without any would leave nobody to trust, and every handshake would fail later on.
        if certificates.isEmpty { throw TLSFileError(role: role, path: path, reason: "there is no certificate in it") }
        return certificates
    }
}
