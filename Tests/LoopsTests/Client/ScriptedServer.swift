import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A server on a free loopback port that answers every request in one way, down to the byte, and remembers what it got.
final class ScriptedServer: Sendable {
    enum Behaviour: Sendable {
        /// These bytes, and the connection stays.
        case bytes(String)
        /// These bytes, then the end.
        case bytesThenEnd(String)
        /// These bytes, then one more now and then, for ever.
        case trickle(String)
        /// Nothing, for ever.
        case silence
        /// The connection is reset.
        case reset
    }

    /// The `struct linger` of socket(7).
    private struct Linger: Sendable {
        let isOn: Int32 = 1
        let seconds: Int32 = 0
    }

    private let log = Mutex<[String]>([])
    private let resetCount = Atomic<Int>(0)
    private let behaviour: Behaviour

    private init(_ behaviour: Behaviour) { self.behaviour = behaviour }

    /// Every request as it came: head, empty line, body.
    var requests: [String] { log.withLock { $0 } }

    /// Connections that the other side has reset: no ordinary end.
    var resets: Int { resetCount.load(ordering: .relaxed) }

    /// Listens as long as `body` runs, which gets the port.
    /// - Parameter security: TLS, if there is any.
    static func run<Result: Sendable>(
        _ behaviour: Behaviour,
        security: NIOSSLContext? = nil,
        body: @Sendable (ScriptedServer, Int) async throws -> Result
    ) async throws -> Result {
        let server = ScriptedServer(behaviour)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let security {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: security))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(server, channel.localAddress?.port ?? 0)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// A loopback port on which nobody listens: one that was just given back.
    static func unusedPort() async throws -> Int { try await run(.silence) { _, port in port } }

    private func answer(_ request: String, on channel: any Channel) {
        log.withLock { $0.append(request) }
        switch behaviour {
        case .bytes(let text): channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        case .bytesThenEnd(let text):
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        case .silence: break
        case .trickle(let text):
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { task in
                if !channel.isActive { return task.cancel() }
                channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
            }
        case .reset:
            // No lingering: what closes then is answered with a reset.
            let done = (channel as? any SocketOptionProvider)?
                .unsafeSetSocketOption(level: .socket, name: .so_linger, value: Linger())
            done?.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let server: ScriptedServer
        private var received = ByteBuffer()

        init(_ server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.writeImmutableBuffer(unwrapInboundIn(data))
            let request = String(buffer: received)
            guard let head = request.firstRange(of: "\r\n\r\n") else { return }
            let length =
                request[..<head.lowerBound].split(separator: "\r\n").lazy
                .first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
            guard request[head.upperBound...].utf8.count >= length else { return }
            received.clear()
            server.answer(request, on: context.channel)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if (error as? IOError)?.errnoCode == ECONNRESET { server.resetCount.add(1, ordering: .relaxed) }
            context.close(promise: nil)
        }
    }
}
