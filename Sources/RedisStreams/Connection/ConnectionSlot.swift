import NIOCore

/// The part of a client that lives on its event loop: what waits, and the connection that it is written to.
final class ConnectionSlot {
    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let onState: (ConnectionState) -> Void
    private var connection: RedisChannelHandler?
    private var waiting = PendingCallQueue()
    private var isOpen = true
    private var lastFault: String

    init(configuration: RedisConfiguration, eventLoop: any EventLoop, onState: @escaping (ConnectionState) -> Void) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.onState = onState
        lastFault = configuration.tls == nil ? "not connected yet" : RedisConnector.noTLS
    }

    /// Takes a call: writes it, or lets it wait for a connection until its time is up.
    func submit(_ call: PendingCall, timeout: TimeAmount) {
        guard isOpen else { return call.end(.closed) }
        guard hasRoom(for: call) else { return call.end(.overloaded) }
        call.deadline = eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in self?.expired(call) }
        if let connection { connection.write(call) } else { waiting.append(call) }
    }

    /// Nobody waits for the call any more.
    func cancel(_ call: PendingCall) {
        if waiting.remove(call) { call.end(.cancelled) } else { call.abandon(.cancelled) }
    }

    /// The connection is ready: what waited is written, in order, in one flush.
    /// - Returns: false when it is over already.
    func attach(_ connection: RedisChannelHandler, identity: ServerIdentity) -> Bool {
        guard isOpen, connection.isAlive else { return false }
        self.connection = connection
        connection.onEnd = { [weak self] reason in self?.lost("\(reason)") }
        onState(.connected(identity))
        while let call = waiting.popFirst() { connection.write(call) }
        return true
    }

    /// Remembers why no connection could be made, for the calls that wait.
    func failedToConnect(_ reason: String) {
        lastFault = reason
        onState(.disconnected(reason: reason))
    }

    /// Whether the connection is up and has been silent, with nothing that waits for a reply, since the last look.
    func isSilent() -> Bool { connection?.isSilent() ?? false }

    /// The connection leads to the wrong server, or may: another one is made.
    func drop(_ reason: String) { connection?.end(.connectionLost(reason)) }

    /// No call is taken any more; those that wait fail.
    func close() {
        isOpen = false
        while let call = waiting.popFirst() { call.end(.closed) }
        connection?.end(.closed)
        onState(.disconnected(reason: "\(RedisError.Reason.closed)"))
    }

    private func lost(_ reason: String) {
        connection = nil
        failedToConnect(reason)
    }

    /// A call that is greater than the limit has room when it is alone.
    private func hasRoom(for call: PendingCall) -> Bool {
        let commands = waiting.commandCount + (connection?.written.commandCount ?? 0)
        let bytes = waiting.byteCount + (connection?.written.byteCount ?? 0)
        return commands == 0
            || (commands + call.commandCount <= configuration.maxWaiting
                && bytes + call.byteCount <= configuration.maxWaitingBytes)
    }

    private func expired(_ call: PendingCall) {
        if waiting.remove(call) { return call.end(.notConnected(lastFault)) }
        call.abandon(.timedOut)
        // A late reply is only late; one that does not come at all means that the peer is gone.
        let grace = TimeAmount(configuration.overdueGrace)
        call.deadline = eventLoop.assumeIsolated().scheduleTask(in: grace) { [weak self] in
            // With replies to come, its connection is the one we have: the end of a connection ends its calls.
            if call.remaining > 0 { self?.connection?.end(.connectionLost("a reply to \(call.name) is overdue")) }
        }
    }
}
