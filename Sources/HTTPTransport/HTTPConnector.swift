package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Makes connections to one origin: address, transport security, HTTP/1.1.
package struct HTTPConnector: Sendable {
    package let origin: HTTPOrigin
    private let security: NIOSSLContext?
    private let timeout: TimeAmount
    private let dataTimeout: TimeAmount

    /// - Parameters:
    ///   - origin: where to.
    ///   - timeout: the time for making a connection.
    ///   - dataTimeout: how long sent bytes may stay unconfirmed before the connection breaks, also while this process is stopped.
    ///   - trustRoots: whom to trust; the machine's authorities.
    /// - Throws: `NIOSSLError` when the machine's authorities cannot be loaded.
    package init(
        _ origin: HTTPOrigin,
        timeout: TimeAmount,
        dataTimeout: TimeAmount = .seconds(10),
        trustRoots: NIOSSLTrustRoots = .default
    ) throws {
        self.origin = origin
        self.timeout = timeout
        self.dataTimeout = dataTimeout
        if origin.isSecure {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.applicationProtocols = ["http/1.1"]
            tls.trustRoots = trustRoots
            self.security = try NIOSSLContext(configuration: tls)
        } else {
            self.security = nil
        }
    }

    /// The channel has no ``HTTPConnection`` yet; put it there at once.
    func connect(on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
        return Self.limit(bootstrap, dataTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security {
                        // An IP address is no server name; it is verified against the certificate all the same.
                        let isNumeric = (try? SocketAddress(ipAddress: origin.host, port: 0)) != nil
                        let name = isNumeric ? nil : origin.host
                        try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: name))
                    }
                    try pipeline.addHTTPClientHandlers()
                }
            }
            .connect(host: origin.host, port: origin.port)
    }

    private static func limit(_ bootstrap: ClientBootstrap, _ dataTimeout: TimeAmount) -> ClientBootstrap {
        #if os(Linux)
            let milliseconds = Int(dataTimeout.nanoseconds / 1_000_000)
            return bootstrap.channelOption(
                ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)),
                value: milliseconds
            )
        #else
            return bootstrap
        #endif
    }

    /// When a connection that was made `now` has to be ready for a request; nil when it is already.
    func readyBy(_ now: NIODeadline) -> NIODeadline? { security == nil ? nil : now + timeout }
}
