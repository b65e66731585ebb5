import NIOCore
import NIOHTTP1

/// One connection of the API: takes its requests one at a time and does to the socket what the simulation says.
final class APIConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        case idle
        /// The head has arrived and a fault holds the body back.
        case held
        case readingBody
        case answering
        case closing
    }

    private let server: APIServer
    private var context: ChannelHandlerContext?
    private var number = 0
    private var phase = Phase.idle
    private var sequence: Int64 = 0
    private var body: [UInt8] = []
    private var isOverlong = false
    private var keepsAlive = true
    private var isHead = false
    /// Whether the client waits for a word before it sends the body.
    private var expectsContinue = false
    /// What arrived before its turn.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var waitingHeads = 0
    private var waitingBytes = 0

    init(server: APIServer) {
        self.server = server
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard let number = server.opened(context.channel) else { return context.close(promise: nil) }
        self.number = number
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.closed(context.channel)
        if phase != .idle, sequence != 0 {
            let ending: JournalEntry.Ending = phase == .closing ? .cut : .clientLeft
            phase = .closing
            server.end(sequence, ending)
        }
        phase = .closing
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch phase {
        case .idle, .readingBody:
            if waiting.isEmpty { take(part) } else { hold(part) }
        case .held, .answering: hold(part)
        case .closing: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A parse error or a broken connection: nothing that an answer would help.
        context.close(promise: nil)
    }

    private func hold(_ part: HTTPServerRequestPart) {
        if case .head = part { waitingHeads += 1 }
        if case .body(let bytes) = part { waitingBytes += bytes.readableBytes }
        guard waitingHeads <= server.pipelinedMaximum, waitingBytes <= 2 * server.bodyMaximum else {
            phase = .closing
            context?.close(promise: nil)
            return
        }
        waiting.append(part)
    }

    private func drain() {
        while phase == .idle || phase == .readingBody, let part = waiting.popFirst() {
            if case .head = part { waitingHeads -= 1 }
            if case .body(let bytes) = part { waitingBytes -= bytes.readableBytes }
            take(part)
        }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            keepsAlive = head.isKeepAlive
            isHead = head.method == .HEAD
            expectsContinue =
                head.version.minor >= 1
                && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
            body = []
            isOverlong = false
            phase = .held
            let arrival = server.arrive(
                RequestHead(
                    connection: number,
                    method: head.method.rawValue,
                    target: head.uri,
                    headers: head.headers.map { ($0.name.lowercased(), $0.value) }
                ),
                on: self
            )
            sequence = arrival.sequence
            perform(arrival.outcome, arrival.sequence)
        case .body(let bytes):
            guard phase == .readingBody else { return }
            let room = server.bodyMaximum - body.count
            if bytes.readableBytes > room { isOverlong = true }
            body.append(contentsOf: bytes.readableBytesView.prefix(max(0, room)))
        case .end:
            guard phase == .readingBody else { return }
            phase = .answering
            let whole = body
            body = []
            perform(server.receive(sequence, body: whole, isOverlong: isOverlong), sequence)
        }
    }

    /// Does what the simulation says for the open request.
    func perform(_ outcome: SimulationOutcome, _ sequence: Int64) {
        guard sequence == self.sequence, let context, phase != .closing else { return server.wake(outcome.wake) }
        switch outcome.step {
        case .read:
            phase = .readingBody
            if expectsContinue {
                expectsContinue = false
                context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
            }
            if !waiting.isEmpty { drain() }
        case .delay(let nanoseconds):
            server.later(nanoseconds, sequence)
        case .park, .stall:
            break
        case .respond(let reply, let changes):
            send(reply, changes, context)
        case .disconnect(let reset):
            cut(reset: reset)
        case .refuseConnections(let milliseconds):
            phase = .closing
            server.refuseConnections(for: .milliseconds(Int64(milliseconds)))
        }
        server.wake(outcome.wake)
    }

    private func cut(reset: Bool) {
        guard let context else { return }
        phase = .closing
        if reset {
            APIServer.reset(context.channel)
        } else {
            context.close(promise: nil)
        }
    }

    private func send(_ reply: Reply, _ changes: [FaultAction], _ context: ChannelHandlerContext) {
        phase = .answering
        let plan = AnswerPlan(reply, changes, keepsAlive: keepsAlive, isHead: isHead)
        context.write(wrapOutboundOut(.head(plan.head)), promise: nil)
        sendPieces(plan.pieces[...], plan, context)
    }

    /// Writes the body piece by piece; between pieces of a slow answer the time passes on the event loop.
    private func sendPieces(_ pieces: ArraySlice<[UInt8]>, _ plan: AnswerPlan, _ context: ChannelHandlerContext) {
        guard phase == .answering else { return }
        if let piece = pieces.first {
            let bytes = context.channel.allocator.buffer(bytes: piece)
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            if pieces.count > 1 {
                context.flush()
                let sequence = sequence
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: .milliseconds(Int64(plan.intervalMilliseconds))) {
                    let (handler, context) = bound.value
                    guard handler.sequence == sequence, handler.context != nil else { return }
                    handler.sendPieces(pieces.dropFirst(), plan, context)
                }
                return
            }
        }
        finish(plan, context)
    }

    private func finish(_ plan: AnswerPlan, _ context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let endsWhole = plan.endsWhole
        let closes = plan.closes
        written.futureResult.whenComplete { result in
            guard case .success = result else { return }
            bound.value.answered(endsWhole: endsWhole, closes: closes)
        }
        if plan.endsWhole {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        } else {
            // An empty write goes out after the bytes before it and says that they have been handed over.
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: written)
        }
    }

    private func answered(endsWhole: Bool, closes: Bool) {
        guard phase == .answering, let context else { return }
        let ended = sequence
        if !endsWhole {
            // channelInactive notes the end.
            phase = .closing
            context.close(promise: nil)
            return
        }
        sequence = 0
        phase = closes ? .closing : .idle
        server.end(ended, .answered)
        if closes {
            context.close(promise: nil)
        } else if !waiting.isEmpty {
            drain()
        }
    }
}
