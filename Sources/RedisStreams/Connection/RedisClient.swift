package import Logging
package import NIOCore
import NIOPosix
import NIOSupport
import Synchronization

/// A connection to Redis that replaces itself. ``run()`` is its lifetime; commands sent before wait for it.
///
/// Commands are pipelined: replies come in the order of the commands. A blocking command holds back all that come after it, even when the
/// task that sent it is cancelled, so it wants a client of its own.
package final class RedisClient: Sendable {
    package let configuration: RedisConfiguration
    private let logger: Logger
    private let eventLoop: any EventLoop
    private let link: NIOLoopBoundBox<ConnectionSlot>
    private let status: ConnectionStatus
    private let onCommand: CommandObserver?
    private let directory: TopologyCache
    /// Where the connection goes now; nil for a socket file, or without one.
    private let endpoint = Mutex<RedisEndpoint?>(nil)
    private let isRunning = Atomic(false)

    /// - Parameters:
    ///   - eventLoopGroup: where the connection lives; the process's own by default.
    ///   - onState: told of every change, in order, and of every attempt that failed. Runs on the event loop: it must be quick.
    ///   - onCommand: told of every command or pipeline that ended, from the task that sent it.
    package init(
        configuration: RedisConfiguration,
        logger: Logger,
        eventLoopGroup: (any EventLoopGroup)? = nil,
        onState: (@Sendable (ConnectionState) -> Void)? = nil,
        onCommand: CommandObserver? = nil
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onCommand = onCommand
        let eventLoop = (eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton).next()
        let status = ConnectionStatus(observer: onState)
        self.directory = TopologyCache(configuration)
        self.eventLoop = eventLoop
        self.status = status
        let link = ConnectionSlot(configuration: configuration, eventLoop: eventLoop) { status.change(to: $0) }
        self.link = .makeBoxSendingValue(link, eventLoop: eventLoop)
    }

    package var state: ConnectionState { status.state }

    package var isConnected: Bool { if case .connected = state { true } else { false } }

    /// How often a lost connection was replaced.
    package var reconnectCount: Int { status.reconnectCount }

    /// Connects, and connects again with capped, jittered backoff, until the task is cancelled. Once only.
    package func run() async {
        precondition(!isRunning.exchange(true, ordering: .relaxed), "run() is called once")
        var backoff = ReconnectBackoff(base: configuration.backoffBase, cap: configuration.backoffCap)
        var isOutage = false
        while !Task.isCancelled {
            var life = Duration.zero
            var reason: String
            do {
                let connection = try await locator.connect()
                endpoint.withLock { $0 = connection.endpoint }
                logger.debug(
                    "Connected to Redis",
                    metadata: ["redis": "\(configuration)", "server": "\(connection.identity.product)"]
                )
                isOutage = false
                OutageReports.shared.ended("\(configuration)")
                let start = ContinuousClock.now
                let end = await serve(connection)
                life = .now - start
                // The server is well: whoever asked for so much asks for less, and others wait for the connection.
                if case .replyTooLarge = end, !Task.isCancelled { continue }
                reason = "\(end)"
            } catch {
                reason = NetworkErrorText.of(error)
                await onLoop { [reason] in $0.failedToConnect(reason) }
            }
            if Task.isCancelled { break }
            // An outage is told of once, by one of the clients that meet it; every further attempt is of interest to the curious only.
            let isNews = !isOutage && OutageReports.shared.isNew(reason, of: "\(configuration)")
            logger.log(
                level: isNews ? .warning : .debug,
                "No connection to Redis; trying again. 'loops-bridge check --connect' says more",
                metadata: ["redis": "\(configuration)", "error": "\(reason)"]
            )
            isOutage = true
            try? await Task.sleep(for: backoff.wait(afterLife: life, random: .random(in: 0..<1)))
        }
        await onLoop { $0.close() }
    }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameter timeout: for everything, the wait for a connection included; the configuration's when nil.
    /// - Throws: `RedisError`; an error reply too.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let replies = try await submit([command], timeout: timeout)
        if case .error(let error) = replies[0] {
            throw RedisError(
                .server(error),
                command: command.name,
                mayHaveBeenApplied: command.mayHaveBeenApplied(despite: error)
            )
        }
        return replies[0]
    }

    /// Sends commands in one go and waits for all replies, in order.
    ///
    /// - Throws: `RedisError` when the replies did not come; an error reply is in its place.
    package func pipeline(
        _ commands: [RedisCommand],
        timeout: Duration? = nil
    ) async throws(RedisError) -> [Result<RedisValue, RedisServerError>] {
        if commands.isEmpty { return [] }
        return try await submit(commands, timeout: timeout).map { reply in
            if case .error(let error) = reply { .failure(error) } else { .success(reply) }
        }
    }

    /// Ends the connection and makes another one: what is known says that this one leads to the wrong server, or may.
    package func reconnect() async { await onLoop { $0.drop("a new one is wanted") } }

    private func submit(_ commands: [RedisCommand], timeout: Duration?) async throws(RedisError) -> [RedisValue] {
        guard let onCommand else { return try await redirected(commands, timeout: timeout).get() }
        let start = ContinuousClock.now
        let outcome = await redirected(commands, timeout: timeout)
        let fault: RedisError? = if case .failure(let error) = outcome { error } else { nil }
        onCommand(commands[0].name, .now - start, fault)
        return try outcome.get()
    }

    /// The server that the last connection led to.
    var connectedEndpoint: RedisEndpoint? { endpoint.withLock { $0 } }

    var locator: RedisLocator {
        RedisLocator(configuration: configuration, directory: directory, eventLoop: eventLoop)
    }

    /// Exchanges, and follows what replies say about the topology.
    private func redirected(_ commands: [RedisCommand], timeout: Duration?) async -> PendingCall.Outcome {
        let asked = endpoint.withLock { $0 }
        let outcome = await exchange(commands, timeout: timeout)
        guard let asked, case .success(var replies) = outcome else { return outcome }
        for (index, reply) in replies.enumerated() {
            guard case .error(let error) = reply, let redirection = Redirection(error, asked: asked) else { continue }
            switch redirection {
            // Nobody looks for the slots' owners then: another connection would lead to the same node. The caller is told.
            case .moved where !configuration.isCluster: continue
            case .moved(let endpoint):
                // The caller's error says that nothing was done; whoever repeats the command meets the right server.
                directory.moved(to: endpoint)
                await onLoop { $0.drop("the slot has moved to \(endpoint)") }
                return .success(replies)
            case .demoted:
                await onLoop { $0.drop("the server takes no writes any more") }
                return .success(replies)
            case .ask(let endpoint):
                switch await ask(commands[index], at: endpoint, timeout: timeout) {
                case .success(let own): replies[index] = own ?? reply
                case .failure(let error): return .failure(error)
                }
            }
        }
        return .success(replies)
    }

    /// Asks the node that a slot is on its way to.
    /// - Returns: its reply; nil when it could not be asked, so that the redirection is the answer.
    private func ask(
        _ command: RedisCommand,
        at endpoint: RedisEndpoint,
        timeout: Duration?
    ) async -> Result<RedisValue?, RedisError> {
        guard let connection = try? await locator.connector(endpoint).connect() else { return .success(nil) }
        defer { connection.close() }
        let time = timeout ?? configuration.commandTimeout
        do {
            return .success(
                try await connection.handler.exchange([RedisCommand("ASKING"), command], within: time).last
            )
        } catch {
            return .failure(RedisError(error.reason, command: command.name, mayHaveBeenApplied: true))
        }
    }

    private func exchange(_ commands: [RedisCommand], timeout: Duration?) async -> PendingCall.Outcome {
        let name = commands[0].name
        let count = commands.count
        guard let bytes = try? CommandFormatter.format(commands) else {
            return .failure(RedisError(.unwritable, command: name, mayHaveBeenApplied: false))
        }
        let time = TimeAmount(timeout ?? configuration.commandTimeout)
        let ticket = CallTicket()
        let link = link
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                eventLoop.execute {
                    let call = PendingCall(name: name, bytes: bytes, count: count) {
                        continuation.resume(returning: $0)
                    }
                    if ticket.place(NIOLoopBound(call, eventLoop: link.eventLoop)) {
                        link.value.submit(call, timeout: time)
                    } else {
                        call.end(.cancelled)
                    }
                }
            }
        } onCancel: {
            guard let call = ticket.cancel() else { return }
            eventLoop.execute { link.value.cancel(call.value) }
        }
    }

    private func onLoop(_ body: @escaping @Sendable (ConnectionSlot) -> Void) async {
        let link = link
        _ = try? await eventLoop.submit { body(link.value) }.get()
    }

    /// Lets commands through until the connection is over.
    /// - Returns: why it is.
    private func serve(_ connection: RedisConnection) async -> RedisError.Reason {
        let link = link
        return await withTaskCancellationHandler {
            await onLoop { _ = $0.attach(connection.handler.value, identity: connection.identity) }
            return await withTaskGroup(of: RedisError.Reason?.self) { group in
                group.addTask { try? await connection.ended.get() }
                group.addTask {
                    await self.keepAlive()
                    return nil
                }
                defer { group.cancelAll() }
                return (await group.next() ?? nil) ?? .closed
            }
        } onCancel: {
            link.eventLoop.execute { connection.handler.value.end(.closed) }
        }
    }

    /// Asks a silent peer whether it is still there. The answer's deadline ends the connection when it is not.
    private func keepAlive() async {
        while true {
            // Only cancellation ends it: the connection is over.
            do { try await Task.sleep(for: configuration.keepAliveInterval) } catch { return }
            let link = link
            let isSilent = (try? await eventLoop.submit { link.value.isSilent() }.get()) ?? false
            guard isSilent, !Task.isCancelled else { continue }
            guard case .sentinel = configuration.address else {
                _ = try? await send(RedisCommand("PING"))
                continue
            }
            // A demoted server that lives on answers as before; only its role has changed.
            let role = try? await send(RedisCommand("ROLE")).array?.first?.text
            if let role, role != RedisRole.primary { await onLoop { $0.drop("the server is a \(role) now") } }
        }
    }
}
