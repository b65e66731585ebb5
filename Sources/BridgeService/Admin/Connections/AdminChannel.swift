import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection of the admin port: HTTP/1.1 as Hummingbird speaks it, with our limits on it.
struct AdminChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let connections: AdminConnections

    /// No request of ours has more.
    private static let headerBytes = 16 * 1024
    private static let headerCount = 100

    init(responder: @escaping HTTPChannelHandler.Responder, connections: AdminConnections) {
        let limits = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Self.headerBytes,
            maxHeaderListSize: Self.headerBytes,
            maxHeaderFieldCount: Self.headerCount
        )
        base = HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: limits))
        self.connections = connections
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [connections] value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(HTTPConnectionHandler(connections: connections), position: .after(decoder))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
