import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Loops

@Suite("The gate: a request leaves in time and as a whole")
struct WriteGateTests {
    private static let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/events/send")

    /// Counts the flushes that reach the socket's side.
    private final class FlushCounter: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var count = 0

        func flush(context: ChannelHandlerContext) {
            count += 1
            context.flush()
        }
    }

    private func withChannel(_ body: (EmbeddedChannel, FlushCounter) throws -> Void) throws {
        let counter = FlushCounter()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([counter, WriteGate()])
        try body(channel, counter)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("The parts that the client flushes one by one leave with one flush")
    func oneFlush() throws {
        try withChannel { channel, counter throws in
            for _ in 0..<2 {
                channel.writeAndFlush(HTTPClientRequestPart.head(Self.head), promise: nil)
                channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: "{}"))), promise: nil)
                #expect(try channel.readOutbound(as: HTTPClientRequestPart.self) == nil)
                channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                #expect(try channel.readOutbound(as: HTTPClientRequestPart.self) == .head(Self.head))
                #expect(try channel.readOutbound(as: HTTPClientRequestPart.self) != nil)
                #expect(try channel.readOutbound(as: HTTPClientRequestPart.self) == .end(nil))
            }
            #expect(counter.count == 2)
        }
    }

    @Test("What is too long for the channel's buffer leaves before its end, so that the client does not wait for ever")
    func longBody() throws {
        try withChannel { channel, counter throws in
            channel.writeAndFlush(HTTPClientRequestPart.head(Self.head), promise: nil)
            #expect(counter.count == 0)
            channel.isWritable = false
            channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: "{}"))), promise: nil)
            #expect(counter.count == 1)
        }
    }
}
