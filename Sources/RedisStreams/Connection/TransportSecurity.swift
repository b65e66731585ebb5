import NIOCore
import NIOSSL

/// TLS for the connections of a client: whom to trust, and who we are.
struct TransportSecurity: Sendable {
    /// A file that cannot be used.
    struct FileError: Error, CustomStringConvertible {
        let role: String
        let path: String
        let reason: String

        var description: String { "the \(role) file \(path) cannot be used (\(reason)); a PEM file is wanted" }
    }

    private let context: NIOSSLContext

    /// Reads the files: every connection sees those that are there when it is made.
    init(_ tls: RedisConfiguration.TLS) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let path = tls.caFile {
            let authorities = try Self.reading("CA", path) { try NIOSSLCertificate.fromPEMFile(path) }
            configuration.trustRoots = .certificates(authorities)
        }
        if let path = tls.certificateFile {
            let chain = try Self.reading("certificate", path) { try NIOSSLCertificate.fromPEMFile(path) }
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let path = tls.keyFile {
            let key = try Self.reading("key", path) { try NIOSSLPrivateKey(file: path, format: .pem) }
            configuration.privateKey = .privateKey(key)
        }
        context = try NIOSSLContext(configuration: configuration)
    }

    func makeHandler(for address: RedisConfiguration.Address) throws -> NIOSSLClientHandler {
        guard case .host(let host, _) = address else {
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
        // An IP address is no server name; it is verified against the certificate all the same.
        let isNumeric = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isNumeric ? nil : host)
    }

    private static func reading<Value>(_ role: String, _ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw FileError(role: role, path: path, reason: "\(error)")
        }
    }
}
