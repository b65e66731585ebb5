import NIOCore
import NIOPosix
import NIOSupport

/// Makes one connection: address, transport security, greeting.
struct RedisConnector: Sendable {
    let configuration: RedisConfiguration
    let eventLoop: any EventLoop

    /// - Throws: whatever kept it from being made; what was made of it is closed then.
    func connect() async throws -> RedisConnection {
        let security = try configuration.tls.map { try ClientTLS($0) }
        let channel = try await open(security)
        let handler = try await eventLoop.submit {
            NIOLoopBound(
                try channel.pipeline.syncOperations.handler(type: RedisChannelHandler.self),
                eventLoop: channel.eventLoop
            )
        }.get()
        do {
            let identity = try await greet(handler)
            let ended = try await eventLoop.submit { handler.value.ended.futureResult }.get()
            return RedisConnection(handler: handler, ended: ended, identity: identity, endpoint: endpoint)
        } catch {
            eventLoop.execute { handler.value.end(.closed) }
            throw configuration.tls == nil ? error : Self.explained(error)
        }
    }

    /// A server that does not speak TLS answers its greeting with silence, or with something else.
    private static func explained(_ error: any Error) -> any Error {
        guard let error = error as? RedisError else { return error }
        switch error.reason {
        case .timedOut:
            return RedisError(.notConnected(noTLS), command: error.command, mayHaveBeenApplied: false)
        case .connectionLost(let why) where why.contains("does not speak TLS"):
            return RedisError(.notConnected(noTLS), command: error.command, mayHaveBeenApplied: false)
        default: return error
        }
    }

    /// What is said as long as nothing better is known of a server that should speak TLS.
    static let noTLS = "no answer to the TLS handshake; no TLS at this port? (redis:// is without)"

    private func open(_ security: ClientTLS?) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { [configuration] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try security?.addHandlers(to: pipeline, for: configuration)
                    try pipeline.addHandler(
                        RedisChannelHandler(eventLoop: channel.eventLoop, maxReplyBytes: configuration.maxReplyBytes)
                    )
                }
            }
        let attempt =
            switch configuration.address {
            case .host(let host, let port): bootstrap.connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .sentinel, .cluster: preconditionFailure("a locator makes one host of these first")
            }
        // A cancelled attempt is not waited for; its channel is closed when it comes after all.
        let promise = eventLoop.makePromise(of: (any Channel).self)
        attempt.cascade(to: promise)
        promise.futureResult.whenFailure { _ in attempt.whenSuccess { $0.close(promise: nil) } }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }

    /// Says who we are and learns who answers. Nothing else is written before all of it was answered well.
    private func greet(_ handler: NIOLoopBound<RedisChannelHandler>) async throws -> ServerIdentity {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            commands.append(RedisCommand("AUTH", [configuration.user, password].compactMap { $0 }.map { .string($0) }))
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", [.integer(configuration.database)])) }
        commands.append(RedisCommand("CLIENT", ["SETNAME", .string(configuration.clientName)]))
        commands.append(RedisCommand("INFO", ["server"]))
        let replies: [RedisValue]
        do {
            replies = try await handler.exchange(commands, within: configuration.connectTimeout)
        } catch {
            // A greeting changes nothing.
            throw RedisError(error.reason, command: "greeting", mayHaveBeenApplied: false)
        }
        for (command, reply) in zip(commands, replies) {
            // Names and information are a convenience; a user without the right to them still has streams.
            guard case .error(let error) = reply, ["AUTH", "SELECT"].contains(command.name) || error.code == "NOAUTH"
            else { continue }
            let shown = command.name == "AUTH" ? error.ofAuthentication : error
            throw RedisError(.server(shown), command: command.name, mayHaveBeenApplied: false)
        }
        return ServerIdentity(ServerInfo(replies.last?.text ?? ""))
    }

    private var endpoint: RedisEndpoint? {
        if case .host(let host, let port) = configuration.address { RedisEndpoint(host: host, port: port) } else { nil }
    }
}
