import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOTLS
import Testing

@testable import HTTPTransport

@Suite("One connection: one exchange at a time, in time, and nothing left over from the one before")
struct HTTPConnectionTests {
    /// What a connection tells, and what reaches the socket's side.
    private final class Observer: ChannelOutboundHandler {
        typealias OutboundIn = HTTPClientRequestPart
        typealias OutboundOut = HTTPClientRequestPart
        var parts = 0
        var flushes = 0
        var isHolding = false
        var held: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            parts += 1
            if let promise, isHolding { held.append(promise) } else { promise?.succeed() }
        }

        func flush(context: ChannelHandlerContext) {
            flushes += 1
            context.flush()
        }
    }

    private final class Tally {
        var freed = 0
        var closed = 0
    }

    private final class Site {
        let channel = EmbeddedChannel()
        let observer = Observer()
        let socket = Observer()
        let connection: HTTPConnection
        private let tally: Tally
        private var count: UInt64 = 0

        var freed: Int { tally.freed }
        var closed: Int { tally.closed }

        /// - Parameter now: the clock of the last look.
        init(readyBy: NIODeadline? = nil, now: @escaping () -> ContinuousClock.Instant = { .now }) throws {
            let tally = Tally()
            self.tally = tally
            let writeDeadlineHandler = WriteDeadlineHandler(now: now)
            connection = HTTPConnection(
                now: channel.embeddedEventLoop.now,
                readyBy: readyBy,
                writeDeadlineHandler: writeDeadlineHandler,
                maxResponseBytes: 10,
                idleLimit: .seconds(50),
                callbacks: .init(freed: { _ in tally.freed += 1 }, closed: { _ in tally.closed += 1 })
            )
            try channel.pipeline.syncOperations.addHandlers([socket, writeDeadlineHandler, observer, connection])
            channel.pipeline.fireChannelActive()
        }

        deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

        /// Starts an exchange that has ten seconds.
        func start(sendDeadline: ContinuousClock.Instant? = nil) -> EventLoopFuture<HTTPResponse> {
            count += 1
            let promise = channel.embeddedEventLoop.makePromise(of: HTTPResponse.self)
            connection.start(
                HTTPExchange(
                    number: count,
                    head: HTTPRequestHead(version: .http1_1, method: .POST, uri: "/events/send"),
                    body: ByteBuffer(string: "{}"),
                    sendDeadline: sendDeadline,
                    deadline: channel.embeddedEventLoop.now + .seconds(10),
                    promise: promise
                )
            )
            return promise.futureResult
        }

        func answer(_ status: HTTPResponseStatus = .ok, _ headers: HTTPHeaders = [:], body: String = "{}") throws {
            try channel.writeInbound(
                HTTPClientResponsePart.head(.init(version: .http1_1, status: status, headers: headers))
            )
            try channel.writeInbound(HTTPClientResponsePart.body(ByteBuffer(string: body)))
            try channel.writeInbound(HTTPClientResponsePart.end(nil))
        }

        func advance(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }
    }

    /// How an exchange has ended; nil when it has not.
    private func end(_ future: EventLoopFuture<HTTPResponse>) -> Result<HTTPResponse, HTTPTransportError>? {
        var end: Result<HTTPResponse, HTTPTransportError>?
        future.assumeIsolated().whenComplete { result in
            end = result.mapError {
                $0 as? HTTPTransportError ?? HTTPTransportError(.connectionLost, "not a fault: \($0)")
            }
        }
        return end
    }

    private func fault(_ future: EventLoopFuture<HTTPResponse>) -> HTTPTransportError.Kind? {
        if case .failure(let fault) = end(future) { fault.kind } else { nil }
    }

    private func status(_ future: EventLoopFuture<HTTPResponse>) throws -> Int? {
        try end(future).map { Int(try $0.get().head.status.code) }
    }

    @Test("A request leaves with one flush, and the connection is free again with its answer")
    func exchanges() throws {
        let site = try Site()
        for round in 1...3 {
            let answer = site.start()
            #expect(site.observer.parts == 3 * round && site.observer.flushes == round)
            #expect(end(answer) == nil && site.freed == round - 1)
            try site.answer()
            #expect(try status(answer) == 200 && site.freed == round)
        }
        #expect(site.closed == 0)
    }

    @Test("What cannot be followed by another request is closed", arguments: ["close", "101", "early"])
    func notAgain(why: String) throws {
        let site = try Site()
        site.observer.isHolding = why == "early"
        let answer = site.start()
        try site.answer(why == "101" ? .switchingProtocols : .ok, why == "close" ? ["Connection": "close"] : [:])
        #expect(try status(answer) != nil)
        #expect(site.freed == 0 && site.closed == 1)
        for promise in site.observer.held { promise.succeed() }
    }

    @Test("What nobody asked for closes the connection")
    func unasked() throws {
        let site = try Site()
        _ = site.start()
        try site.answer()
        try? site.answer()
        #expect(site.freed == 1 && site.closed == 1)
    }

    @Test("An answer that is too long ends with what its head says")
    func tooLong() throws {
        let site = try Site()
        let answer = site.start()
        try? site.answer(.badRequest, body: "01234567890")
        guard case .failure(let fault) = end(answer) else { throw HTTPTransportError(.tooLong, "none") }
        #expect(fault.kind == .tooLong && fault.head?.status == .badRequest)
        #expect(site.closed == 1 && site.freed == 0)
    }

    @Test("Each exchange has its own time, also where one follows another")
    func deadlines() throws {
        let site = try Site()
        _ = site.start()
        site.advance(.seconds(5))
        try site.answer()
        let second = site.start()
        site.advance(.seconds(9))
        #expect(end(second) == nil)
        site.advance(.seconds(1))
        #expect(fault(second) == .timedOut && site.closed == 1)
    }

    @Test("A request that comes after a long rest has its time from then on")
    func afterRest() throws {
        let site = try Site()
        _ = site.start()
        try site.answer()
        site.advance(.seconds(45))
        let late = site.start()
        site.advance(.seconds(9))
        #expect(end(late) == nil)
        site.advance(.seconds(1))
        #expect(fault(late) == .timedOut)
    }

    @Test("With nothing to do for long it closes")
    func idle() throws {
        let site = try Site()
        _ = site.start()
        site.advance(.seconds(5))
        try site.answer()
        site.advance(.seconds(49))
        #expect(site.closed == 0)
        site.advance(.seconds(1))
        #expect(site.closed == 1)
    }

    @Test("A request whose latest start has passed writes nothing, and the connection stays")
    func tooLate() throws {
        let site = try Site()
        let answer = site.start(sendDeadline: .now)
        #expect(fault(answer) == .tooLate)
        #expect(site.observer.parts == 0 && site.freed == 1 && site.closed == 0)
        let next = site.start(sendDeadline: .now + .seconds(60))
        try site.answer()
        #expect(try status(next) == 200)
    }

    @Test("A request whose latest start passes while it is encoded does not leave, nor does anything after it")
    func tooLateAtLast() throws {
        let site = try Site { .now + .seconds(60) }
        let answer = site.start(sendDeadline: .now + .seconds(50))
        #expect(fault(answer) == .tooLate && site.closed == 1 && site.freed == 0)
        site.channel.flush()
        #expect(site.observer.flushes >= 1 && site.socket.flushes == 0)
    }

    @Test("The last look is at the first bytes of a request: what comes behind them follows")
    func followsFirstBytes() throws {
        var now = ContinuousClock.now
        let site = try Site { now }
        let answer = site.start(sendDeadline: .now + .seconds(50))
        now += .seconds(60)
        site.channel.flush()
        #expect(site.socket.flushes == 2)
        try site.answer()
        #expect(try status(answer) == 200 && site.closed == 0)
        let next = site.start()
        #expect(end(next) == nil && site.socket.flushes == 3)
    }

    @Test(
        "A request that leaves after its latest start is told, with its answer or the lack of one",
        arguments: [true, false]
    )
    func leavesLate(isAnswered: Bool) throws {
        var now = ContinuousClock.now
        let site = try Site { now }
        site.observer.isHolding = true
        for isLate in [false, true] {
            let answer = site.start(sendDeadline: now + .seconds(50))
            if isLate { now += .seconds(60) }
            site.observer.held.removeLast().succeed()
            if isLate && !isAnswered { site.channel.pipeline.fireChannelInactive() } else { try site.answer() }
            switch try #require(end(answer)) {
            case .success(let answer): #expect(answer.isOfLateRequest == isLate)
            case .failure(let fault): #expect(fault.isOfLateRequest && isLate && fault.kind == .connectionLost)
            }
        }
    }

    @Test("Nothing is written before the handshake, and the latest start is looked at after it")
    func handshake() throws {
        let site = try Site(readyBy: .uptimeNanoseconds(5_000_000_000))
        let answer = site.start()
        #expect(site.observer.parts == 0)
        site.channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        #expect(site.observer.parts == 3)
        try site.answer()
        #expect(try status(answer) == 200)

        let late = try Site(readyBy: .uptimeNanoseconds(5_000_000_000))
        let unsent = late.start(sendDeadline: .now)
        #expect(end(unsent) == nil)
        late.channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        #expect(fault(unsent) == .tooLate && late.observer.parts == 0)
    }

    @Test("A handshake that does not end, or fails, has certainly applied nothing", arguments: [true, false])
    func noHandshake(isSlow: Bool) throws {
        let site = try Site(readyBy: .uptimeNanoseconds(5_000_000_000))
        let answer = site.start()
        if isSlow {
            site.advance(.seconds(5))
        } else {
            site.channel.pipeline.fireErrorCaught(HTTPParserError.invalidConstant)
        }
        #expect(fault(answer) == .unreachable && site.observer.parts == 0 && site.closed == 1)
    }

    @Test("A connection that breaks after bytes were written may have carried the request", arguments: [true, false])
    func broken(isError: Bool) throws {
        let site = try Site()
        let answer = site.start()
        if isError {
            site.channel.pipeline.fireErrorCaught(HTTPParserError.invalidConstant)
        } else {
            site.channel.pipeline.fireChannelInactive()
        }
        #expect(fault(answer) == .connectionLost && site.closed == 1)
    }
}
