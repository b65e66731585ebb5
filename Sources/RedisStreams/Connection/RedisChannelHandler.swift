import NIOCore

/// Turns what is read from the channel into replies for the connection's calls.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reader = ReplyReader()
    private let onReply: (RedisValue) -> Bool
    private let onClose: (String) -> Void
    private var closeReason = "closed by the server"

    /// - Parameters:
    ///   - onReply: takes a reply; false when none was expected.
    ///   - onClose: the channel is gone, and why.
    init(onReply: @escaping (RedisValue) -> Bool, onClose: @escaping (String) -> Void) {
        self.onReply = onReply
        self.onClose = onClose
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do {
            try buffer.withUnsafeReadableBytes { bytes in try reader.feed(bytes) }
            while let reply = try reader.next() {
                guard onReply(reply) else { return close(context, "a reply that nobody asked for") }
            }
        } catch {
            close(context, (error as? ReplyReader.Fault)?.text ?? "\(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        onClose(closeReason)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context, "\(error)")
    }

    private func close(_ context: ChannelHandlerContext, _ reason: String) {
        closeReason = reason
        context.close(promise: nil)
    }
}
