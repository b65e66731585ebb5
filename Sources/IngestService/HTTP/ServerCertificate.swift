import NIOSSL
import NIOSupport
import Synchronization

/// The certificate that the intake shows, with its key, from two PEM files. It can be loaded again while the server runs.
package final class ServerCertificate: Sendable {
    package let certificateFile: String
    package let keyFile: String
    private let loaded: Mutex<NIOSSLContext>

    /// The files cannot be used.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Throws: ``Fault`` when the files cannot be used.
    package init(certificateFile: String, keyFile: String) throws {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        loaded = Mutex(try Self.context(certificateFile, keyFile))
    }

    /// For new connections.
    var context: NIOSSLContext { loaded.withLock { $0 } }

    /// Reads the files again. What was loaded before stays when they cannot be used.
    package func reload() throws {
        let context = try Self.context(certificateFile, keyFile)
        loaded.withLock { $0 = context }
    }

    private static func context(_ certificateFile: String, _ keyFile: String) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            let words = NetworkErrorText.of(error)
            throw Fault(description: "\(certificateFile) with the key \(keyFile) cannot be used: \(words)")
        }
    }
}
