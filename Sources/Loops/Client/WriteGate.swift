import NIOCore
import NIOHTTP1

/// Lets a request out only while it may still start, and only as a whole: the last thing before its bytes are made.
///
/// Between the decision to send and the write lie hops between threads and perhaps a new connection. A process that is stopped there and
/// wakes up much later must not send. The client itself cannot be asked to look again, so the request carries its latest start in a header
/// that never leaves the process.
///
/// The client flushes head, body and end of a request one after another. Here they leave with one write, which is one packet for most: a third
/// of what a request costs on both sides is the system's part in sending and waking.
final class WriteGate: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// The request's latest start has passed: nothing of it, or not all of it, was written, and its connection is closed.
    struct TooLate: Error {}

    static let header = "x-loops-bridge-start-by"

    /// What instants in the header are measured from.
    private static let reference = ContinuousClock.now

    private var startBy: ContinuousClock.Instant?
    private var isClosed = false
    /// Whether what was written so far ends with the end of a request.
    private var isWhole = true

    /// The header's value for an instant.
    static func text(_ instant: ContinuousClock.Instant) -> String { String((instant - reference).nanoseconds) }

    private static func instant(_ text: String) -> ContinuousClock.Instant? {
        Int64(text).map { reference + .nanoseconds($0) }
    }

    /// Puts a gate in front of the request encoder of a new connection.
    static func install(in channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self)
            try pipeline.addHandler(WriteGate(), position: .after(encoder.handler))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isClosed {
            promise?.fail(TooLate())
            return
        }
        var part = unwrapOutboundIn(data)
        isWhole = if case .end = part { true } else { false }
        if case .head(var head) = part {
            startBy = head.headers.first(name: Self.header).flatMap(Self.instant)
            head.headers.remove(name: Self.header)
            part = .head(head)
        }
        // Asked for every part: a request without its end is none.
        if let startBy, ContinuousClock.now >= startBy {
            isClosed = true
            promise?.fail(TooLate())
            context.fireErrorCaught(TooLate())
            context.close(promise: nil)
            return
        }
        context.write(wrapOutboundOut(part), promise: promise)
    }
    func flush(context: ChannelHandlerContext) {
        // What no longer fits into the channel's buffer has to leave: the client waits with the rest until there is room.
        if isWhole || !context.channel.isWritable { context.flush() }
    }
}
