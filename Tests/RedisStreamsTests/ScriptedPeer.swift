import NIOCore
import NIOPosix
import Synchronization

@testable import RedisStreams

/// A server that speaks the protocol and does as it is told: it may be silent, talk rubbish, or hang up.
struct ScriptedPeer: Sendable {
    enum Answer: Sendable {
        case reply(String)
        case silence
        case close
    }
    /// - Parameters:
    ///   - connection: 1 for the first.
    ///   - command: its words.
    typealias Script = @Sendable (_ connection: Int, _ command: [String]) -> Answer

    let port: Int

    var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: port))
        configuration.commandTimeout = .seconds(60)
        configuration.backoffBase = .milliseconds(1)
        configuration.backoffCap = .milliseconds(20)
        return configuration
    }

    /// Answers greetings as Redis does, and everything else by the script.
    static func run<Result: Sendable>(_ script: @escaping Script, body: @Sendable (ScriptedPeer) async throws -> Result)
        async throws -> Result
    {
        let connections = Mutex(0)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let number = connections.withLock { count in
                    count += 1
                    return count
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PeerHandler(number: number, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(ScriptedPeer(port: server.localAddress?.port ?? 0))
            try await server.close().get()
            return result
        } catch {
            try await server.close().get()
            throw error
        }
    }
}

private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let script: ScriptedPeer.Script
    private let reader = ReplyReader()

    init(number: Int, script: @escaping ScriptedPeer.Script) {
        self.number = number
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do {
            try buffer.withUnsafeReadableBytes { try reader.feed($0) }
            while let command = try reader.next() {
                let words = (command.array ?? []).compactMap(\.text)
                switch greeting(words) ?? script(number, words) {
                case .reply(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                case .silence: break
                case .close: context.close(promise: nil)
                }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    private func greeting(_ words: [String]) -> ScriptedPeer.Answer? {
        switch words.first {
        case "CLIENT": .reply("+OK\r\n")
        case "INFO": .reply("$34\r\nrun_id:peer-\(number % 10)\r\nredis_version:9.9\r\n\r\n")
        default: nil
        }
    }
}
