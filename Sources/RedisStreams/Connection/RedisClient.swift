public import Logging
public import NIOCore
import NIOPosix
import Synchronization

/// A connection to Redis that replaces itself. ``run()`` is its lifetime; commands sent before wait for it.
///
/// Commands are pipelined: replies come in the order of the commands. A blocking command holds back all that come after it, so it wants a
/// client of its own.
public final class RedisClient: Sendable {
    public let configuration: RedisConfiguration
    private let logger: Logger
    private let eventLoop: any EventLoop
    private let link: NIOLoopBoundBox<RedisLink>
    private let current = Mutex(ConnectionState.disconnected(reason: "not connected yet"))
    private let reconnects = Mutex(0)
    private let isRunning = Atomic(false)

    /// - Parameter eventLoopGroup: where the connection lives; the process's own by default.
    public init(
        configuration: RedisConfiguration,
        logger: Logger,
        eventLoopGroup: (any EventLoopGroup)? = nil
    ) {
        self.configuration = configuration
        self.logger = logger
        let eventLoop = (eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton).next()
        self.eventLoop = eventLoop
        self.link = .makeBoxSendingValue(RedisLink(configuration: configuration, eventLoop: eventLoop), eventLoop: eventLoop)
    }

    public var state: ConnectionState { current.withLock { $0 } }

    public var isConnected: Bool { if case .connected = state { true } else { false } }

    /// How often a lost connection was replaced.
    public var reconnectCount: Int { reconnects.withLock { $0 } }

    /// Connects, and connects again with capped, jittered backoff, until the task is cancelled. Once only.
    public func run() async {
        precondition(!isRunning.exchange(true, ordering: .relaxed), "run() is called once")
        var failures = 0
        while !Task.isCancelled {
            do {
                try await serve()
                failures = 0
            } catch {
                failures += 1
                let reason = "\(error)"
                fault(reason)
                logger.debug("No connection to Redis", metadata: ["redis": "\(configuration)", "error": "\(reason)"])
            }
            if Task.isCancelled { break }
            let ceiling = min(configuration.backoffCap, configuration.backoffBase * Double(1 << min(failures, 10)))
            try? await Task.sleep(for: ceiling * Double.random(in: 0..<1))
        }
        await onLoop { $0.close() }
    }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameter timeout: for everything, the wait for a connection included; the configuration's when nil.
    /// - Throws: `RedisError`; an error reply too.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let replies = try await submit([command], timeout: timeout)
        if case .error(let error) = replies[0] {
            throw RedisError(.server(error), command: command.name, mayHaveBeenApplied: false)
        }
        return replies[0]
    }

    /// Sends commands in one go and waits for all replies, in order.
    ///
    /// - Throws: `RedisError` when the replies did not come; an error reply is in its place.
    public func pipeline(
        _ commands: [RedisCommand],
        timeout: Duration? = nil
    ) async throws(RedisError) -> [Result<RedisValue, RedisServerError>] {
        if commands.isEmpty { return [] }
        return try await submit(commands, timeout: timeout).map { reply in
            if case .error(let error) = reply { .failure(error) } else { .success(reply) }
        }
    }

    private func submit(_ commands: [RedisCommand], timeout: Duration?) async throws(RedisError) -> [RedisValue] {
        let bytes = CommandFormatter.format(commands)
        let time = TimeAmount.nanoseconds((timeout ?? configuration.commandTimeout).nanoseconds)
        let ticket = CallTicket()
        let link = link
        let name = commands[0].name
        let outcome: PendingCall.Outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                eventLoop.execute {
                    let call = PendingCall(name: name, bytes: bytes, count: commands.count) { continuation.resume(returning: $0) }
                    if ticket.place(NIOLoopBound(call, eventLoop: link.eventLoop)) {
                        link.value.submit(call, timeout: time)
                    } else {
                        call.fail(.cancelled)
                    }
                }
            }
        } onCancel: {
            guard let call = ticket.cancel() else { return }
            eventLoop.execute { link.value.cancel(call.value) }
        }
        return try outcome.get()
    }

    private func onLoop(_ body: @escaping @Sendable (RedisLink) -> Void) async {
        let link = link
        _ = try? await eventLoop.submit { body(link.value) }.get()
    }

    private func fault(_ reason: String) {
        current.withLock { $0 = .disconnected(reason: reason) }
        let link = link
        eventLoop.execute { link.value.failedToConnect(reason) }
    }

    /// One connection, from its making to its end.
    private func serve() async throws {
        let connector = RedisConnector(configuration: configuration, eventLoop: eventLoop, link: link)
        let (channel, identity) = try await connector.connect()
        let closed = channel.closeFuture
        try await withTaskCancellationHandler {
            reconnects.withLock { $0 += 1 }
            current.withLock { $0 = .connected(identity) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await closed.get() }
                group.addTask { await self.keepAlive() }
                defer { group.cancelAll() }
                try await group.next()
            }
            current.withLock { $0 = .disconnected(reason: "the connection was closed") }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Asks a silent peer whether it is still there. The answer's deadline closes the connection when it is not.
    private func keepAlive() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.keepAliveInterval)
            let link = link
            let isSilent = (try? await eventLoop.submit { link.value.isSilent() }.get()) ?? false
            if isSilent, !Task.isCancelled { _ = try? await send(RedisCommand("PING")) }
        }
        // The close of the channel ends the connection, not the end of its keepalive.
    }
}
