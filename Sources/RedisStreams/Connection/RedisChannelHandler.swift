import NIOCore
import NIOSupport

/// One connection's end of a channel: writes calls, hands replies to them in order, and ends them when the channel is gone.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Succeeds with the reason when the connection is over, for whatever cause.
    let ended: EventLoopPromise<RedisError.Reason>
    /// Called once, when the connection is over.
    var onEnd: (RedisError.Reason) -> Void = { _ in }
    private let reader: ReplyReader
    private(set) var written = ReplyQueue()
    private var endReason: RedisError.Reason?
    private var context: ChannelHandlerContext?
    private var isFlushDue = false
    private var hasHeard = false

    var isAlive: Bool { endReason == nil }

    init(eventLoop: any EventLoop, maxReplyBytes: Int) {
        reader = ReplyReader(maxBytes: maxReplyBytes)
        ended = eventLoop.makePromise()
    }

    /// Writes a call. What is written in one turn of the event loop is flushed together.
    func write(_ call: PendingCall) {
        if let endReason { return call.end(endReason) }
        guard let context else { return call.end(.connectionLost("it is not there yet")) }
        written.append(call)
        context.write(wrapOutboundOut(call.takeBytes()), promise: nil)
        guard !isFlushDue else { return }
        isFlushDue = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushDue = false
            self.context?.flush()
        }
    }

    /// Whether it was silent since the last look, with nothing that waits for a reply.
    func isSilent() -> Bool {
        defer { hasHeard = false }
        return isAlive && written.isEmpty && !hasHeard
    }

    /// Ends the connection and all its calls at once. The channel may take its time to close.
    /// - Parameter others: the reason for the calls that wait, if it is another one.
    func end(_ reason: RedisError.Reason, others: RedisError.Reason? = nil) {
        guard isAlive else { return }
        endReason = reason
        context?.close(promise: nil)
        // The state first: whoever sees a command fail sees that the connection is gone.
        onEnd(reason)
        written.endAll(others ?? reason)
        ended.succeed(reason)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.connectionLost("it could not be made"))
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasHeard = true
        let buffer = unwrapInboundIn(data)
        do {
            try buffer.withUnsafeReadableBytes { bytes in try reader.feed(bytes) }
            while isAlive, let reply = try reader.next() {
                guard written.take(reply) else { return end(.protocolFault("a reply that nobody asked for")) }
                if !written.isWithinCall { reader.beginCall() }
            }
        } catch {
            switch error as? ReplyReader.Fault {
            case .tooLarge(let reply):
                // The call that it is the reply to; the others only lose their connection.
                written.endFirst(.replyTooLarge(reply))
                end(.replyTooLarge(reply), others: .connectionLost("a reply of more than \(reply.limit) bytes"))
            case .notTheProtocol(let text): end(.protocolFault(text))
            case nil: end(.protocolFault("\(error)"))
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.connectionLost("closed by the server"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.connectionLost(NetworkErrorText.of(error)))
    }
}
