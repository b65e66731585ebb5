import NIOCore
import NIOHTTP1
import NIOSupport

/// Asks a proxy for a tunnel (CONNECT, RFC 9110 §9.3.6) and says when it is there.
final class ProxyConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let proxy: HTTPProxy
    /// The host and port to connect to.
    private let target: String
    /// Succeeds with the tunnel, fails with a ``ProxyError``; either once.
    private var established: EventLoopPromise<Void>?
    private let timeout: TimeAmount
    private let deadline: NIODeadline
    private var alarm: Scheduled<Void>?
    private var isAsked = false
    private var isAccepted = false

    init(
        proxy: HTTPProxy,
        target: String,
        timeout: TimeAmount,
        deadline: NIODeadline,
        established: EventLoopPromise<Void>
    ) {
        self.proxy = proxy
        self.target = target
        self.timeout = timeout
        self.deadline = deadline
        self.established = established
    }

    func handlerAdded(context: ChannelHandlerContext) {
        alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.fail(.silent(milliseconds: self.timeout.nanoseconds / 1_000_000), context)
        }
        if context.channel.isActive { ask(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { fail(.closed, context) }

    func channelActive(context: ChannelHandlerContext) {
        ask(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where (200..<300).contains(head.status.code): isAccepted = true
        case .head(let head):
            fail(.status(Int(head.status.code), phrase: Self.shown(head.status.reasonPhrase)), context)
        case .body: break
        case .end: if isAccepted { finish()?.succeed() }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed, context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is TLSError {
            finish()?.fail(error)
            return context.close(promise: nil)
        }
        fail(error is HTTPParserError ? .notHTTP("\(error)") : .unreachable(NetworkErrorText.of(error)), context)
    }

    /// Was never added to a pipeline.
    func abandon() { finish()?.fail(ProxyError(proxy: proxy, target: target, reason: .closed)) }

    /// Once: a handler may be added to a channel that is connected and yet to say so.
    private func ask(_ context: ChannelHandlerContext) {
        if isAsked { return }
        isAsked = true
        var headers: HTTPHeaders = ["Host": target]
        if let authorization = proxy.authorization { headers.add(name: "Proxy-Authorization", value: authorization) }
        let head = HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func fail(_ reason: ProxyError.Reason, _ context: ChannelHandlerContext) {
        guard let promise = finish() else { return }
        promise.fail(ProxyError(proxy: proxy, target: target, reason: reason))
        context.close(promise: nil)
    }

    /// It goes to logs and terminals.
    private static func shown(_ phrase: String) -> String {
        String(phrase.filter { (" "..."~").contains($0) }.prefix(60))
    }

    private func finish() -> EventLoopPromise<Void>? {
        alarm?.cancel()
        alarm = nil
        defer { established = nil }
        return established
    }
}
