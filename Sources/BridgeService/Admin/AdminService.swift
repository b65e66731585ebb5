import Hummingbird
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

/// The admin endpoints as a part of the program: one that cannot listen says so in words, and what to do about it.
struct AdminService: Service {
    let application: any ApplicationProtocol
    let host: String
    let port: Int

    func run() async throws {
        do {
            try await application.run()
        } catch {
            throw ListenFault(error, host: host, port: port) ?? error as any Error
        }
    }

    /// Why nothing can listen at an address.
    struct ListenFault: Error, CustomStringConvertible {
        let description: String

        /// - Returns: nil when the error has nothing to do with listening.
        init?(_ error: any Error, host: String, port: Int) {
            let reason: String
            let advice: String
            switch error {
            case let error as IOError:
                let words = NetworkErrorText.of(error)
                reason = words.prefix(1).lowercased() + words.dropFirst()
                switch error.errnoCode {
                case EADDRINUSE, EACCES: advice = "Set HTTP_PORT to another port."
                case EADDRNOTAVAIL: advice = "Set HTTP_HOST to an address of this machine."
                default: return nil
                }
            case is SocketAddressError.UnknownHost:
                (reason, advice) = ("there is no such host", "Set HTTP_HOST to an address of this machine.")
            default: return nil
            }
            let address = ListenAddress.shown(host, port: port)
            description = "The admin endpoints cannot listen on \(address): \(reason). \(advice)"
        }
    }
}
