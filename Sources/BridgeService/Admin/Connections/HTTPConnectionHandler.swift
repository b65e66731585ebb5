package import NIOCore
package import NIOHTTP1

/// The open connections of one port, as each connection's handler sees them.
package protocol HTTPConnections: Sendable {
    var limits: ConnectionClock.Limits { get }
    /// The longest body that a client with `Expect: 100-continue` is asked to send; nil where no client is asked.
    var expectedBodyBytes: Int? { get }

    func opened(_ channel: any Channel)
    func set(_ channel: any Channel, isBusy: Bool)
    func closed(_ channel: any Channel)
    /// Closes a connection at once, and counts it.
    func drop(_ channel: any Channel, _ cause: ConnectionClock.Cause)
    /// Changes the head of an answer before it is written.
    func prepare(_ head: inout HTTPResponseHead)
}

/// Watches one connection: keeps its times, asks for bodies that clients hold back, speaks HTTP/1.0 to whoever does, and ends the connection where
/// its answer is the last one.
///
/// It stands next to the HTTP decoder, so that it also sees answers to what could not be read.
package final class HTTPConnectionHandler<Connections: HTTPConnections>: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart
    package typealias OutboundIn = HTTPServerResponsePart
    package typealias OutboundOut = HTTPServerResponsePart

    private let connections: Connections
    private var clock: ConnectionClock
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?
    /// Whether each request that waits for its answer came in HTTP/1.0, the first one first.
    private var isOld: CircularBuffer<Bool> = []
    private var closesAfterAnswer = false
    /// Whether the client waits to be asked for a body that it is not asked for.
    private var bodyIsUnwanted = false

    package init(connections: Connections) {
        self.connections = connections
        self.clock = ConnectionClock(limits: connections.limits, now: .now())
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        connections.opened(context.channel)
        watch(context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        connections.closed(context.channel)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
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
        guard let most = connections.expectedBodyBytes, head.version == .http1_1,
            head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" })
        else { return }
        let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard length <= most else { return bodyIsUnwanted = true }
        let answer = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.setWritable(context.channel.isWritable, now: .now())
        watch(context)
        context.fireChannelWritabilityChanged()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            connections.prepare(&head)
            // Whoever speaks HTTP/1.0 knows no chunks: the answer ends with its connection.
            let isOld = isOld.first ?? false
            if isOld { head.version = .http1_0 }
            if isOld || bodyIsUnwanted { head.headers.replaceOrAdd(name: "Connection", value: "close") }
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
            if end.at <= .now() { connections.drop(context.channel, end.cause) } else { watch(context) }
        }
        timer = (end.at, task)
    }
}
