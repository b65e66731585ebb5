import BridgeService
import NIOCore
import NIOHTTP1

/// Watches one connection of the intake: keeps its times, says that a body may be sent, and ends it where its answer is the last one.
///
/// It stands next to the HTTP decoder, so that it also sees answers to what could not be read.
final class IngestConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connections: IngestConnections
    /// The longest body that a client is asked to send.
    private let bodyBytes: Int
    private var clock: ConnectionClock
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    /// Whether each request that waits for its answer came in HTTP/1.0, the first one first.
    private var isOld: CircularBuffer<Bool> = []
    private var closesAfterAnswer = false
    /// Whether the client waits to be asked for a body that it is not asked for.
    private var bodyIsUnwanted = false

    init(connections: IngestConnections, bodyBytes: Int) {
        self.connections = connections
        self.bodyBytes = bodyBytes
        self.clock = ConnectionClock(limits: connections.limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.opened(context.channel)
        watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        connections.closed(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isOld.append(head.version.major < 1 || head.version == .http1_0)
            clock.readHead(now: .now())
            connections.set(context.channel, isBusy: true)
            watch(context)
            expect(head, context)
        case .body(let bytes):
            guard clock.readBody(bytes.readableBytes) else { return connections.drop(context.channel, .body) }
        case .end: clock.readEnd()
        }
        context.fireChannelRead(data)
    }

    /// Answers `Expect: 100-continue`: curl, and so PHP, sends it with a large body and waits for a second where nobody answers.
    private func expect(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.version == .http1_1, head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" })
        else { return }
        let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard length <= bodyBytes else { return bodyIsUnwanted = true }
        let answer = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.setWritable(context.channel.isWritable, now: .now())
        watch(context)
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            let isLast = isOld.first ?? false || bodyIsUnwanted || connections.isDraining
            if isOld.first ?? false { head.version = .http1_0 }
            if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            closesAfterAnswer = head.headers["Connection"].contains { $0.lowercased() == "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            _ = isOld.popFirst()
            clock.answered(now: .now())
            if !clock.isBusy { connections.set(context.channel, isBusy: false) }
            guard closesAfterAnswer else {
                context.write(data, promise: promise)
                return watch(context)
            }
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            context.writeAndFlush(data, promise: written)
        }
    }

    /// Sees to it that somebody looks when the connection has taken too long. A look that is too early is repeated, not moved.
    private func watch(_ context: ChannelHandlerContext) {
        guard let end = clock.end, timer.map({ end.at < $0.at }) ?? true else { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: end.at) { [self] in
            timer = nil
            guard let end = clock.end else { return }
            if end.at <= .now() { connections.drop(context.channel, .init(end.cause)) } else { watch(context) }
        }
        timer = (end.at, task)
    }
}
