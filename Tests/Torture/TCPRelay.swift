import NIOCore
import NIOPosix
import Synchronization

/// A wire that can be cut: takes connections on a loopback port and passes their bytes on to another port.
final class TCPRelay: Sendable {
    private struct State {
        var target: Int
        var isPaused = false
        var pairs: [ObjectIdentifier: (client: any Channel, server: any Channel)] = [:]
        /// Counts what clients sent, for tests that cut at a certain step.
        var chunks = 0
        var cutAt: (chunk: Int, afterPassing: Bool)?
        var ignoresBlock = false
    }
    private let state: Mutex<State>
    private let listener: any Channel
    let port: Int

    private init(listener: any Channel, state: State) {
        self.listener = listener
        self.port = listener.localAddress?.port ?? 0
        self.state = Mutex(state)
    }

    static func start(to target: Int) async throws -> TCPRelay {
        let relay = OneRelay()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in relay.value?.accept(client) ?? client.close() }
            .bind(host: "127.0.0.1", port: 0).get()
        let made = TCPRelay(listener: listener, state: State(target: target))
        relay.value = made
        return made
    }

    func stop() async {
        try? await listener.close().get()
        cut()
    }

    /// New connections go there; those that are open stay.
    func point(to target: Int) { state.withLock { $0.target = target } }

    /// Ends all connections.
    func cut() {
        let pairs = state.withLock { state in
            defer { state.pairs = [:] }
            return Array(state.pairs.values)
        }
        for pair in pairs {
            pair.client.close(promise: nil)
            pair.server.close(promise: nil)
        }
    }

    /// Blocking reads of 15 s last a millisecond, as behind a proxy that knows no `BLOCK`.
    func ignoreBlock() { state.withLock { $0.ignoresBlock = true } }

    /// Nothing passes any more, and no connection ends: the network is silent.
    func pause() { setPaused(true) }
    func resume() { setPaused(false) }

    /// Cuts all connections at the given chunk of bytes from clients, before it is passed on or after; once.
    func cut(atChunk chunk: Int, afterPassing: Bool) {
        state.withLock { state in
            state.chunks = 0
            state.cutAt = (chunk, afterPassing)
        }
    }

    /// Whether the cut that was asked for has happened.
    var hasCut: Bool { state.withLock { $0.cutAt == nil } }

    private func setPaused(_ paused: Bool) {
        let pairs = state.withLock { state in
            state.isPaused = paused
            return Array(state.pairs.values)
        }
        for pair in pairs {
            for channel in [pair.client, pair.server] {
                channel.setOption(.autoRead, value: !paused).whenSuccess { if !paused { channel.read() } }
            }
        }
    }

    private func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        let target = state.withLock { $0.target }
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMap { server in
                client.eventLoop.makeCompletedFuture {
                    let toServer = RelayHandler(to: server) { [weak self] in
                        self?.mayPass() ?? .pass
                    } change: { [weak self] bytes in
                        if self?.state.withLock({ $0.ignoresBlock }) ?? false { bytes.shortenBlock() }
                    }
                    try client.pipeline.syncOperations.addHandler(toServer)
                    try server.pipeline.syncOperations.addHandler(RelayHandler(to: client) { .pass })
                    let id = ObjectIdentifier(client)
                    let isPaused = self.state.withLock { state in
                        state.pairs[id] = (client, server)
                        return state.isPaused
                    }
                    client.closeFuture.whenComplete { _ in
                        self.state.withLock { $0.pairs[id] = nil }
                        server.close(promise: nil)
                    }
                    server.closeFuture.whenComplete { _ in client.close(promise: nil) }
                    if !isPaused {
                        for channel in [client, server] { _ = channel.setOption(.autoRead, value: true) }
                    }
                }
            }
            .flatMapErrorThrowing { _ in client.close(promise: nil) }
    }

    private func mayPass() -> RelayHandler.Verdict {
        state.withLock { state in
            state.chunks += 1
            guard let cutAt = state.cutAt, state.chunks >= cutAt.chunk else { return .pass }
            state.cutAt = nil
            return cutAt.afterPassing ? .passAndCut(cut) : .cut(cut)
        }
    }
}

/// Holds the relay that its listener needs before it exists.
private final class OneRelay: Sendable {
    private let relay = Mutex<TCPRelay?>(nil)
    var value: TCPRelay? {
        get { relay.withLock { $0 } }
        set { relay.withLock { $0 = newValue } }
    }
}

/// Passes bytes on to another channel of the same event loop.
private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    enum Verdict {
        case pass
        case passAndCut(() -> Void)
        case cut(() -> Void)
    }

    private let other: any Channel
    private let mayPass: () -> Verdict
    private let change: (inout ByteBuffer) -> Void

    init(
        to other: any Channel,
        mayPass: @escaping () -> Verdict,
        change: @escaping (inout ByteBuffer) -> Void = { _ in }
    ) {
        self.other = other
        self.mayPass = mayPass
        self.change = change
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        change(&bytes)
        switch mayPass() {
        case .pass: other.writeAndFlush(bytes, promise: nil)
        case .cut(let cut): cut()
        case .passAndCut(let cut):
            other.writeAndFlush(bytes).whenComplete { _ in
                // The server has it now or will; its answer finds nobody.
            }
            cut()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension ByteBuffer {
    /// The command is written in one piece, and stays as long as it was.
    fileprivate mutating func shortenBlock() {
        let text = String(decoding: readableBytesView, as: UTF8.self)
        guard text.contains("BLOCK\r\n$5\r\n15000") else { return }
        self = ByteBuffer(string: text.replacing("BLOCK\r\n$5\r\n15000", with: "BLOCK\r\n$5\r\n00001"))
    }
}
