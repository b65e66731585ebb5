import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One connection. It carries one exchange after another, and never one beside another.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Who is told, on the event loop.
    struct Callbacks {
        /// The connection can carry another exchange.
        let freed: (HTTPConnection) -> Void
        /// It carries nothing any more.
        let closed: (HTTPConnection) -> Void
    }

    /// It carries nothing new when it is this old.
    static let greatestAge = TimeAmount.minutes(10)

    private let writeDeadlineHandler: WriteDeadlineHandler
    private let maxResponseBytes: Int
    private let idleLimit: TimeAmount
    private let callbacks: Callbacks
    private var context: ChannelHandlerContext?
    /// When it has to be ready for its first exchange; nil once it is.
    private var readyBy: NIODeadline?
    private var idleSince: NIODeadline
    private let retiresAt: NIODeadline
    private var exchange: HTTPExchange?
    private var answer: ResponseAssembler
    /// Whether all of the exchange's request has left.
    private var isWritten = true
    /// Whether the last of it left after its latest start. ``WriteDeadlineHandler`` looks right before the system call; a process that is stopped
    /// between the two, or a body that the network takes slowly, is seen here, and told with the answer.
    private var isLate = false
    /// The next look at the clock. It is not moved with each exchange: when it comes too early, it is set anew.
    private var alarm: (due: NIODeadline, task: Scheduled<Void>)?

    /// - Parameters:
    ///   - now: by the event loop's clock.
    ///   - readyBy: nil when nothing has to be negotiated before the first request.
    ///   - writeDeadlineHandler: the first handler of the channel.
    ///   - idleLimit: how long it stays open with nothing to do.
    init(
        now: NIODeadline,
        readyBy: NIODeadline?,
        writeDeadlineHandler: WriteDeadlineHandler,
        maxResponseBytes: Int,
        idleLimit: TimeAmount,
        callbacks: Callbacks
    ) {
        self.writeDeadlineHandler = writeDeadlineHandler
        self.readyBy = readyBy
        self.idleSince = now
        self.retiresAt = now + Self.greatestAge
        self.maxResponseBytes = maxResponseBytes
        self.idleLimit = idleLimit
        self.callbacks = callbacks
        self.answer = ResponseAssembler(maxBytes: maxResponseBytes)
    }

    /// What it carries now.
    var carries: UInt64? { exchange?.number }

    /// Carries an exchange; nothing else is under way on it.
    func start(_ exchange: HTTPExchange) {
        precondition(self.exchange == nil, "one exchange at a time")
        self.exchange = exchange
        answer = ResponseAssembler(maxBytes: maxResponseBytes)
        isWritten = false
        isLate = false
        if readyBy == nil { write(exchange) }
        watchTheClock()
    }

    /// Closes it; what it carries ends with this fault.
    func close(_ fault: HTTPTransportError.Kind, _ message: String) {
        end(failing: HTTPTransportError(fault, message, head: answer.head))
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(failing: HTTPTransportError(brokenKind, "the connection was taken apart", head: answer.head))
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, readyBy != nil {
            readyBy = nil
            if let exchange { write(exchange) }
        }
        if event is WriteDeadlineHandler.TooLate { close(.tooLate, "not in time") }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What nobody asked for is no answer, and nothing behind it can be trusted. The decoder refuses that already.
        guard exchange != nil else { return end(failing: nil) }
        switch answer.read(unwrapInboundIn(data)) {
        case .more: break
        case .tooLong: close(.tooLong, "the answer is longer than \(maxResponseBytes) bytes")
        case .finished(let answer): finish(answer)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(failing: HTTPTransportError(brokenKind, error, head: answer.head))
    }

    func channelInactive(context: ChannelHandlerContext) {
        close(brokenKind, "the connection was closed")
        context.fireChannelInactive()
    }

    // MARK: An exchange

    /// A connection that is not ready has written nothing of a request.
    private var brokenKind: HTTPTransportError.Kind { readyBy == nil ? .connectionLost : .unreachable }

    private func write(_ exchange: HTTPExchange) {
        guard let context else { return }
        // Between the decision to send and here lies perhaps a new connection. What is late already costs no connection.
        if let sendDeadline = exchange.sendDeadline, ContinuousClock.now >= sendDeadline {
            self.exchange = nil
            free()
            return exchange.promise.fail(HTTPTransportError(.tooLate, "not in time"))
        }
        let number = exchange.number
        writeDeadlineHandler.sendDeadline = exchange.sendDeadline
        context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
        // A header that cannot be sent has ended it all.
        guard carries == number else { return }
        if let body = exchange.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess {
            guard self.carries == number else { return }
            self.isWritten = true
            if let sendDeadline = exchange.sendDeadline {
                self.isLate = self.writeDeadlineHandler.now() >= sendDeadline
            }
        }
        // One flush, so that all of it leaves with one write, which is one packet for most.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    private func finish(_ answer: HTTPResponse) {
        guard let exchange else { return }
        var answer = answer
        answer.isOfLateRequest = isLate
        self.exchange = nil
        // After an answer before the end of its request, the rest of that would be read as the beginning of the next one.
        if isWritten && answer.head.isKeepAlive && answer.head.status.code >= 200 { free() } else { end(failing: nil) }
        exchange.promise.succeed(answer)
    }

    private func free() {
        guard let context else { return }
        idleSince = context.eventLoop.now
        // Under steady traffic it would live for ever, and Loops' address would never be looked up again.
        if idleSince >= retiresAt { end(failing: nil) } else { callbacks.freed(self) }
    }

    private func end(failing fault: HTTPTransportError?) {
        alarm?.task.cancel()
        alarm = nil
        let unanswered = exchange
        exchange = nil
        if let context {
            self.context = nil
            callbacks.closed(self)
            if unanswered == nil || readyBy != nil { context.close(promise: nil) } else { abort(context) }
        }
        if let unanswered {
            var fault = fault ?? HTTPTransportError(.connectionLost, "closed")
            fault.isOfLateRequest = isLate
            unanswered.promise.fail(fault)
        }
    }

    /// Closes it so that nothing of its request leaves this machine any more. An ordinary close would have the kernel go on sending what the
    /// network has not taken, and TLS wait for the other side's goodbye: the request could arrive after later ones of the same contact.
    private func abort(_ context: ChannelHandlerContext) {
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        // The first of them: behind a proxy there may be a second one, for its own TLS.
        let security = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
        (security ?? context).close(promise: nil)
    }

    // MARK: Time

    private var due: NIODeadline {
        guard let exchange else { return idleSince + idleLimit }
        return readyBy.map { min($0, exchange.deadline) } ?? exchange.deadline
    }

    private func watchTheClock() {
        guard let context else { return }
        let due = due
        if let alarm {
            if alarm.due <= due { return }
            alarm.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.look() }
        alarm = (due, task)
    }

    private func look() {
        alarm = nil
        guard let context, due <= context.eventLoop.now else { return watchTheClock() }
        if exchange == nil {
            end(failing: nil)
        } else if readyBy != nil {
            close(.unreachable, "no TLS handshake in time")
        } else {
            close(.timedOut, "no whole answer in time")
        }
    }
}
