import NIOCore
import NIOPosix

/// One TCP connection that speaks HTTP by hand, so that a test sees what really came over the wire, and when it ended.
struct RawClient {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private(set) var received = ""

    static func with<Result: Sendable>(
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

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// Reads until this has come.
    /// - Returns: false when the connection ended before.
    mutating func read(until text: String) async -> Bool {
        while !received.contains(text) {
            guard let bytes = await next() else { return false }
            received += bytes
        }
        return true
    }

    /// Everything until the connection ends, by a reset too.
    mutating func rest() async -> String {
        while let bytes = await next() { received += bytes }
        return received
    }

    private mutating func next() async -> String? {
        do { return try await inbound.next(isolation: #isolation).map { String(buffer: $0) } } catch { return nil }
    }
}

extension RawClient {
    func send(bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }
}
