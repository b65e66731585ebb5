import NIOCore
import NIOPosix

/// One TCP connection that speaks HTTP by hand, so that a test sees what really came over the wire, and when it ended.
package struct RawClient {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    package private(set) var received = ""

    package static func with<Result: Sendable>(
        port: Int,
        _ body: (inout RawClient) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var client = RawClient(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&client)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    package func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    package func send(bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// Reads until this has come.
    /// - Returns: false when the connection ended before.
    package mutating func read(until text: String) async -> Bool {
        while !received.contains(text) {
            guard let bytes = await next() else { return false }
            received += bytes
        }
        return true
    }

    /// Everything until the connection ends, by a reset too.
    package mutating func rest() async -> String {
        while let bytes = await next() { received += bytes }
        return received
    }

    private mutating func next() async -> String? {
        do { return try await inbound.next(isolation: #isolation).map { String(buffer: $0) } } catch { return nil }
    }
}
