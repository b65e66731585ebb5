package import Hummingbird
import NIOCore
import NIOSupport
import ServiceLifecycle

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A server as a part of the program: one that cannot listen says so in words, and what to do about it.
package struct ListeningService: Service {
    /// What listens, and by which variables its place is set.
    package struct Name: Sendable {
        package let plural: String
        package let host: String
        package let port: String

        package init(plural: String, host: String, port: String) {
            self.plural = plural
            self.host = host
            self.port = port
        }

        package static let admin = Name(plural: "The admin endpoints", host: "HTTP_HOST", port: "HTTP_PORT")
    }

    let application: any ApplicationProtocol
    let host: String
    let port: Int
    let name: Name

    package init(application: any ApplicationProtocol, host: String, port: Int, name: Name = .admin) {
        self.application = application
        self.host = host
        self.port = port
        self.name = name
    }

    package func run() async throws {
        do {
            try await application.run()
        } catch {
            throw ListenFault(error, host: host, port: port, name: name) ?? error as any Error
        }
    }

    /// Why nothing can listen at an address.
    struct ListenFault: Error, CustomStringConvertible {
        let description: String

        /// - Returns: nil when the error has nothing to do with listening.
        init?(_ error: any Error, host: String, port: Int, name: Name = .admin) {
            let reason: String
            let advice: String
            switch error {
            case let error as IOError:
                let words = NetworkErrorText.of(error)
                reason = words.prefix(1).lowercased() + words.dropFirst()
                switch error.errnoCode {
                case EADDRINUSE, EACCES: advice = "Set \(name.port) to another port."
                case EADDRNOTAVAIL: advice = "Set \(name.host) to an address of this machine."
                default: return nil
                }
            case is SocketAddressError.UnknownHost:
                (reason, advice) = ("there is no such host", "Set \(name.host) to an address of this machine.")
            default: return nil
            }
            let address = ListenAddress.shown(host, port: port)
            description = "\(name.plural) cannot listen on \(address): \(reason). \(advice)"
        }
    }
}
