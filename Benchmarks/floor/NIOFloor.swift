import NIOCore
import NIOHTTP1
import NIOPosix

/// A prototype: what SwiftNIO alone would cost. One connection a lane, HTTP/1.1 by NIO's own encoder and decoder, one task woken a request.
/// It has none of a client's duties: no pool, no timeouts, no TLS, no reconnecting.
enum NIOFloor {
    static func withSenders(
        port: Int,
        contactQueues: Int,
        on eventLoop: any EventLoop,
        _ body: @Sendable (@escaping Floor.Sender) async throws -> Void
    ) async throws {
        var channels: [any Channel] = []
        for _ in 0..<contactQueues {
            channels.append(
                try await ClientBootstrap(group: eventLoop)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHTTPClientHandlers()
                            try channel.pipeline.syncOperations.addHandler(ExchangeHandler())
                        }
                    }
                    .connect(host: "127.0.0.1", port: port).get()
            )
        }
        let open = channels
        try await body { contactQueue, sample in
            let channel = open[contactQueue]
            let promise = channel.eventLoop.makePromise(of: Int.self)
            channel.writeAndFlush(Exchange(sample: sample, host: "127.0.0.1:\(port)", promise: promise), promise: nil)
            return try await promise.futureResult.get()
        }
        for channel in channels { try await channel.close() }
    }
}

/// A request on its way through the pipeline, with whoever waits for the length of its answer.
struct Exchange: Sendable {
    let sample: SampleRequest
    let host: String
    let promise: EventLoopPromise<Int>
}

/// Turns an exchange into the parts of a request, and the parts of the answer into its end.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private var waiting: EventLoopPromise<Int>?
    private var length = 0
    private var status: UInt = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        waiting = exchange.promise
        length = 0
        var head = HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: exchange.sample.method),
            uri: "/api/v1/" + exchange.sample.path,
            headers: [
                "Host": exchange.host, "Authorization": "Bearer test", "Accept": "application/json",
                "User-Agent": "floor", "Content-Type": "application/json",
                "Content-Length": String(exchange.sample.body.count),
            ]
        )
        if let key = exchange.sample.key { head.headers.add(name: "Idempotency-Key", value: key) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let body = context.channel.allocator.buffer(bytes: exchange.sample.body)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status.code
        case .body(let bytes): length += bytes.readableBytes
        case .end:
            waiting?.completeWith(
                Result {
                    try Floor.expectOK(status)
                    return length
                }
            )
            waiting = nil
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        waiting?.fail(ChannelError.eof)
        waiting = nil
        context.fireChannelInactive()
    }
}
