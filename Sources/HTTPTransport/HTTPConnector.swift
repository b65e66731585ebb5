package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSupport

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Makes connections to one origin: address, proxy, transport security, HTTP/1.1.
///
/// A name with several addresses is tried as RFC 8305 has it (Happy Eyeballs, by SwiftNIO): IPv6 first, another address after 250 ms or as soon
/// as one fails, whichever connects first.
package struct HTTPConnector: Sendable {
    /// The settings that errors name.
    package struct SettingNames: Sendable {
        let address: String
        let authorities: String

        package init(address: String, authorities: String) {
            self.address = address
            self.authorities = authorities
        }
    }

    package let origin: HTTPOrigin
    private let proxy: HTTPProxy?
    private let names: SettingNames
    /// TLS with the origin.
    private let originTLS: ClientTLS?
    /// TLS with the proxy itself.
    private let proxyTLS: ClientTLS?
    private let timeout: TimeAmount
    private let dataTimeout: TimeAmount
    /// Finds the addresses of a name; the system when nil. For tests.
    var resolver: (any Resolver & Sendable)?

    /// - Parameters:
    ///   - origin: where to.
    ///   - proxy: the way there.
    ///   - timeout: the time for making a connection, the proxy's part in it included, and once more for the origin's TLS handshake.
    ///   - dataTimeout: how long sent bytes may stay unconfirmed before the connection breaks, also while this process is stopped.
    ///   - authorities: whom to trust, the origin and the proxy.
    /// - Throws: `TLSFileError` when the authorities cannot be loaded.
    package init(
        _ origin: HTTPOrigin,
        through proxy: HTTPProxy? = nil,
        timeout: TimeAmount,
        dataTimeout: TimeAmount = .seconds(10),
        trusting authorities: TrustedAuthorities = TrustedAuthorities(),
        names: SettingNames
    ) throws(TLSFileError) {
        self.origin = origin
        self.proxy = proxy
        self.timeout = timeout
        self.dataTimeout = dataTimeout
        self.names = names
        let isSecured = origin.isSecure || proxy?.isSecure == true
        let tls = isSecured ? try ClientTLS(trusting: authorities, protocols: ["http/1.1"]) : nil
        originTLS = origin.isSecure ? tls : nil
        proxyTLS = proxy?.isSecure == true ? tls : nil
    }

    /// The channel has no ``HTTPConnection`` yet; put it there at once.
    func connect(on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let deadline = eventLoop.now + timeout
        let bootstrap = Self.limit(ClientBootstrap(group: eventLoop).connectTimeout(timeout), dataTimeout)
            .resolver(resolver)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let proxy, let proxyTLS {
                        try proxyTLS.addHandlers(to: pipeline, verifying: proxy.host, peer: proxy.peer(names))
                    }
                    if !isTunnel { try addOriginHandlers(to: pipeline) }
                }
            }
        guard let proxy else { return bootstrap.connect(host: origin.host, port: origin.port) }
        return bootstrap.connect(host: proxy.host, port: proxy.port)
            .flatMapErrorThrowing { error in
                throw ProxyError(
                    proxy: proxy,
                    target: origin.target,
                    reason: .unreachable(NetworkErrorText.of(error))
                )
            }
            .flatMap {
                isTunnel ? tunnel(channel: $0, proxy: proxy, deadline: deadline) : eventLoop.makeSucceededFuture($0)
            }
    }

    /// When a connection that was made `now` has to be ready for a request; nil when it is already.
    func readyBy(_ now: NIODeadline) -> NIODeadline? {
        originTLS != nil || !isTunnel && proxyTLS != nil ? now + timeout : nil
    }

    /// A request as it goes over these connections: a proxy that forwards it wants to be told where to.
    func routed(_ request: HTTPRequest) -> HTTPRequest {
        guard let proxy, !isTunnel else { return request }
        var request = request
        request.head.uri = "http://\(origin.authority)\(request.head.uri)"
        if let authorization = proxy.authorization {
            request.head.headers.add(name: "Proxy-Authorization", value: authorization)
        }
        return request
    }

    /// Requests for an `https` origin pass through a tunnel, others are forwarded by the proxy.
    private var isTunnel: Bool { proxy != nil && origin.isSecure }

    private func addOriginHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        if let originTLS {
            let peer = TLSPeer(
                name: origin.target,
                authoritySetting: names.authorities,
                nameAdvice: "Check the host in \(names.address)"
            )
            try originTLS.addHandlers(to: pipeline, verifying: origin.host, peer: peer)
        }
        try pipeline.addHTTPClientHandlers()
    }

    /// Asks the proxy for a tunnel, and puts the origin's handlers in the place of those that asked.
    private func tunnel(channel: any Channel, proxy: HTTPProxy, deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        let established = channel.eventLoop.makePromise(of: Void.self)
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
        let handler = ProxyConnectHandler(
            proxy: proxy,
            target: origin.target,
            timeout: timeout,
            deadline: deadline,
            established: established
        )
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandlers([encoder, decoder, handler])
        } catch {
            handler.abandon()
            return channel.eventLoop.makeFailedFuture(error)
        }
        let ready = established.futureResult.assumeIsolated()
            .flatMap { pipeline.removeHandler(handler) }
            .flatMap { pipeline.removeHandler(decoder) }
            .flatMap { pipeline.removeHandler(encoder) }
            .flatMapThrowing { () -> any Channel in
                try addOriginHandlers(to: pipeline)
                return channel
            }
        ready.whenFailure { _ in channel.close(promise: nil) }
        return ready.nonisolated()
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
}

extension HTTPProxy {
    fileprivate func peer(_ names: HTTPConnector.SettingNames) -> TLSPeer {
        TLSPeer(
            name: "proxy \(authority)",
            authoritySetting: names.authorities,
            nameAdvice: "Check the host in \(setting)"
        )
    }
}
