import DequeModule
import NIOCore

/// The part of a client that lives on its event loop: what waits, what was written, and the channel it was written to.
final class RedisLink {
    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private var channel: (any Channel)?
    private var waiting: Deque<PendingCall> = []
    private var written = ReplyQueue()
    private var isOpen = true
    private var lastFault = "not connected yet"
    private var heardSinceLastLook = false
    /// Called when an attached channel is gone.
    var onDetached: (String) -> Void = { _ in }

    init(configuration: RedisConfiguration, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.eventLoop = eventLoop
    }

    /// Takes a call: writes it, or lets it wait for a connection until its time is up.
    func submit(_ call: PendingCall, timeout: TimeAmount) {
        guard isOpen else { return call.fail(.closed) }
        guard waiting.count + written.count < configuration.maxWaiting else { return call.fail(.overloaded) }
        call.timeout = eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in self?.expired(call) }
        if channel == nil { waiting.append(call) } else { write(call) }
    }

    /// Nobody waits for the call any more.
    func cancel(_ call: PendingCall) {
        call.fail(.cancelled)
        if !call.isWritten { waiting.removeAll { $0 === call } }
    }

    /// Greets on a fresh channel, before anything else is written to it.
    func greet(_ call: PendingCall, on channel: any Channel, timeout: TimeAmount) {
        call.timeout = eventLoop.assumeIsolated().scheduleTask(in: timeout) { call.fail(.timedOut) }
        call.isWritten = true
        written.append(call)
        channel.writeAndFlush(ByteBuffer(bytes: call.bytes), promise: nil)
    }

    /// The channel is ready: what waited is written, in order, in one flush.
    func attach(_ channel: any Channel) {
        guard channel.isActive else { return }
        self.channel = channel
        while let call = waiting.popFirst() { write(call) }
    }

    func replied(_ reply: RedisValue) -> Bool {
        heardSinceLastLook = true
        return written.take(reply)
    }

    /// The channel is gone.
    func detached(_ reason: String) {
        channel = nil
        lastFault = reason
        written.failAll(.connectionLost(reason))
        onDetached(reason)
    }

    /// Remembers why no connection could be made, for the calls that wait.
    func failedToConnect(_ reason: String) { lastFault = reason }

    /// Whether the connection is up and has been silent, with nothing that waits for a reply, since the last look.
    func isSilent() -> Bool {
        defer { heardSinceLastLook = false }
        return channel != nil && written.isEmpty && !heardSinceLastLook
    }

    /// No call is taken any more; those that wait fail.
    func close() {
        isOpen = false
        let failed = waiting
        waiting = []
        for call in failed { call.fail(.closed) }
        written.failAll(.closed)
        channel?.close(promise: nil)
        channel = nil
    }

    private func write(_ call: PendingCall) {
        call.isWritten = true
        written.append(call)
        channel?.writeAndFlush(ByteBuffer(bytes: call.bytes), promise: nil)
    }

    private func expired(_ call: PendingCall) {
        guard call.isWritten else {
            call.fail(.notConnected(lastFault))
            waiting.removeAll { $0 === call }
            return
        }
        call.fail(.timedOut)
        // A late reply is only late; one that does not come at all means that the peer is gone.
        let grace = TimeAmount.nanoseconds(configuration.overdueGrace.nanoseconds)
        eventLoop.assumeIsolated().scheduleTask(in: grace) { [weak self] in
            guard let self, self.written.contains(call) else { return }
            self.channel?.close(promise: nil)
        }
    }
}

extension Duration {
    /// Whole nanoseconds, capped at what 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds + components.attoseconds / 1_000_000_000
    }
}
