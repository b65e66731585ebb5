import BridgeService
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// A connection of the intake: HTTP/1.1 as Hummingbird speaks it, over TLS where there is a certificate, with our limits on it.
struct IngestChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let connections: IngestConnections
    private let certificate: ServerCertificate?

    /// Browsers send cookies of the whole site along.
    static let headerBytes = 16 * 1024
    private static let headerCount = 100

    init(
        responder: @escaping HTTPChannelHandler.Responder,
        connections: IngestConnections,
        certificate: ServerCertificate?
    ) {
        let limits = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Self.headerBytes,
            maxHeaderListSize: Self.headerBytes,
            maxHeaderFieldCount: Self.headerCount
        )
        base = HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: limits))
        self.connections = connections
        self.certificate = certificate
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // As it is now: one that is loaded later is for connections that come later.
        let context = certificate?.context
        return channel.eventLoop.makeCompletedFuture {
            guard let context else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        .flatMap { base.setup(channel: channel, logger: logger) }
        .flatMapThrowing { [connections] value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(HTTPConnectionHandler(connections: connections), position: .after(decoder))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
