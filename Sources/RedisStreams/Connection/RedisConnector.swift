import NIOCore
import NIOPosix
import NIOSSL

/// Makes one connection: address, transport security, greeting.
struct RedisConnector: Sendable {
    let configuration: RedisConfiguration
    let eventLoop: any EventLoop
    let link: NIOLoopBoundBox<RedisLink>

    /// - Throws: whatever kept it from being made; the channel is closed then.
    func connect() async throws -> (channel: any Channel, identity: ServerIdentity) {
        let tls = try configuration.tls.map { try Self.context($0) }
        let channel = try await open(tls: tls)
        do {
            let identity = try await greet(channel)
            let link = link
            try await eventLoop.submit { link.value.attach(channel) }.get()
            return (channel, identity)
        } catch {
            try? await channel.close().get()
            throw error
        }
    }

    private func open(tls: NIOSSLContext?) async throws -> any Channel {
        let link = link
        let host = if case .host(let host, _) = configuration.address { host } else { String?.none }
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.nanoseconds(configuration.connectTimeout.nanoseconds))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An IP address is no server name; it is still verified against the certificate.
                        let name = host.flatMap { (try? SocketAddress(ipAddress: $0, port: 0)) == nil ? $0 : nil }
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RedisChannelHandler(
                            onReply: { link.value.replied($0) },
                            onClose: { link.value.detached($0) }
                        )
                    )
                }
            }
        switch configuration.address {
        case .host(let host, let port): return try await bootstrap.connect(host: host, port: port).get()
        case .unix(let path): return try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
    }

    /// Says who we are and learns who answers. Nothing else is written before all of it was answered well.
    private func greet(_ channel: any Channel) async throws -> ServerIdentity {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            commands.append(RedisCommand("AUTH", [configuration.user, password].compactMap { $0 }.map { .string($0) }))
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", [.integer(configuration.database)])) }
        commands.append(RedisCommand("CLIENT", ["SETNAME", .string(configuration.clientName)]))
        commands.append(RedisCommand("INFO", ["server"]))
        let bytes = CommandFormatter.format(commands)
        let time = TimeAmount.nanoseconds(configuration.connectTimeout.nanoseconds)
        let link = link
        let count = commands.count
        let outcome: PendingCall.Outcome = await withCheckedContinuation { continuation in
            eventLoop.execute {
                let call = PendingCall(name: "greeting", bytes: bytes, count: count) { continuation.resume(returning: $0) }
                link.value.greet(call, on: channel, timeout: time)
            }
        }
        let replies = try outcome.get()
        for (command, reply) in zip(commands, replies) {
            // Names and information are a convenience; a user without the right to them still has streams.
            if case .error(let error) = reply, command.name == "AUTH" || command.name == "SELECT" || error.code == "NOAUTH" {
                throw RedisError(.server(error), command: command.name, mayHaveBeenApplied: false)
            }
        }
        return ServerIdentity(info: replies.last?.text ?? "")
    }

    private static func context(_ tls: RedisConfiguration.TLS) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let file = tls.caFile { configuration.trustRoots = .file(file) }
        if let file = tls.certificateFile {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
        }
        if let file = tls.keyFile { configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem)) }
        return try NIOSSLContext(configuration: configuration)
    }
}
