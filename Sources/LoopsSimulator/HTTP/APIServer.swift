import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The API's listener. All of it runs on one event loop, so that the order of its timestamps is the order of things.
final class APIServer: Sendable {
    struct Connections {
        var listener: (any Channel)?
        var port = 0
        var nextNumber = 1
        var open: [ObjectIdentifier: any Channel] = [:]
        /// The connection that waits for a request's answer.
        var bySequence: [Int64: APIConnectionHandler] = [:]
        /// Raised by each outage, so that the end of an older one does not end it.
        var outage = 0
        var isStopped = false
        var reservation: PortReservationBox?
    }

    let simulation: SharedSimulation
    let eventLoop: any EventLoop
    private let host: String
    let connectionsMaximum: Int
    let pipelinedMaximum: Int
    let bodyMaximum: Int
    private let logger: Logger
    private let connections: NIOLoopBoundBox<Connections>

    init(
        simulation: SharedSimulation,
        host: String,
        bounds: BoundsConfiguration,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        self.host = host
        self.simulation = simulation
        self.eventLoop = eventLoop
        self.logger = logger
        connectionsMaximum = bounds.connectionsMaximum
        pipelinedMaximum = bounds.pipelinedRequestsMaximum
        bodyMaximum = bounds.bodyBytesMaximum
        connections = .makeBoxSendingValue(Connections(), eventLoop: eventLoop)
    }

    /// Binds the port (0: a free one) and gives the bound one.
    func start(port: Int) async throws -> Int {
        let channel = try await listen(port: port).get()
        let bound = channel.localAddress?.port ?? port
        try await eventLoop.submit {
            self.connections.value.listener = channel
            self.connections.value.port = bound
        }.get()
        return bound
    }

    func stop() async {
        let closing = eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
            self.connections.value.isStopped = true
            self.connections.value.reservation = nil
            let channels = Array(self.connections.value.open.values)
            for channel in channels { channel.close(promise: nil) }
            guard let listener = self.connections.value.listener else {
                return self.eventLoop.makeSucceededVoidFuture()
            }
            self.connections.value.listener = nil
            return listener.close()
        }
        try? await closing.get()
    }

    /// Cuts every connection and refuses new ones for a time.
    func refuseConnections(for time: TimeAmount) {
        eventLoop.execute {
            guard !self.connections.value.isStopped else { return }
            self.connections.value.outage += 1
            let outage = self.connections.value.outage
            let channels = Array(self.connections.value.open.values)
            for channel in channels { APIServer.reset(channel) }
            if let listener = self.connections.value.listener {
                self.connections.value.listener = nil
                listener.close().whenComplete { _ in
                    self.connections.value.reservation = PortReservationBox(port: self.connections.value.port)
                }
            }
            self.eventLoop.scheduleTask(in: time) { self.endOutage(outage, attemptsLeft: 50) }
        }
    }

    private func endOutage(_ outage: Int, attemptsLeft: Int) {
        guard connections.value.outage == outage, !connections.value.isStopped else { return }
        listen(port: connections.value.port).whenComplete { result in
            switch result {
            case .success(let channel):
                guard !self.connections.value.isStopped else { return channel.close(promise: nil) }
                self.connections.value.reservation = nil
                self.connections.value.listener = channel
            case .failure(let error):
                guard attemptsLeft > 0 else {
                    self.logger.error(
                        "the simulator could not listen again after an outage; restart it",
                        metadata: ["error": "\(error)"]
                    )
                    return
                }
                self.eventLoop.scheduleTask(in: .milliseconds(20)) {
                    self.endOutage(outage, attemptsLeft: attemptsLeft - 1)
                }
            }
        }
    }

    private func listen(port: Int) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false,
                        withErrorHandling: false
                    )
                    try channel.pipeline.syncOperations.addHandler(APIConnectionHandler(server: self))
                }
            }
            .bind(host: host, port: port)
    }

    /// Closes a connection with a TCP reset.
    static func reset(_ channel: any Channel) {
        if let provider = channel as? any SocketOptionProvider {
            provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        } else {
            channel.close(promise: nil)
        }
    }
}

/// On the event loop only.
extension APIServer {
    /// Counts a connection in; nil when there are too many.
    func opened(_ channel: any Channel) -> Int? {
        guard connections.value.open.count < connectionsMaximum, !connections.value.isStopped else { return nil }
        connections.value.open[ObjectIdentifier(channel)] = channel
        defer { connections.value.nextNumber += 1 }
        return connections.value.nextNumber
    }

    func closed(_ channel: any Channel) {
        connections.value.open[ObjectIdentifier(channel)] = nil
    }

    func arrive(_ head: RequestHead, on handler: APIConnectionHandler) -> (sequence: Int64, outcome: SimulationOutcome)
    {
        let now = MachineTime.monotonic
        let (sequence, outcome) = simulation.withLock { $0.arrive(head, monotonic: now) }
        connections.value.bySequence[sequence] = handler
        return (sequence, outcome)
    }

    func receive(_ sequence: Int64, body: [UInt8], isOverlong: Bool) -> SimulationOutcome {
        let now = MachineTime.monotonic
        return simulation.withLock { $0.receive(sequence, body: body, isOverlong: isOverlong, monotonic: now) }
    }

    /// A delay is over, or another request's end woke this one.
    func proceed(_ sequence: Int64) {
        let now = MachineTime.monotonic
        let outcome = simulation.withLock { $0.proceed(sequence, monotonic: now) }
        if let handler = connections.value.bySequence[sequence] {
            handler.perform(outcome, sequence)
        } else {
            // Its client has gone; a further delay still passes, an answer has nobody to go to.
            if case .delay(let nanoseconds) = outcome.step { later(nanoseconds, sequence) }
            wake(outcome.wake)
        }
    }

    func later(_ nanoseconds: Int64, _ sequence: Int64) {
        eventLoop.scheduleTask(in: .nanoseconds(nanoseconds)) { self.proceed(sequence) }
    }

    func wake(_ sequences: [Int64]) {
        for sequence in sequences { proceed(sequence) }
    }

    func end(_ sequence: Int64, _ ending: JournalEntry.Ending) {
        connections.value.bySequence[sequence] = nil
        let now = MachineTime.monotonic
        wake(simulation.withLock { $0.end(sequence, ending, monotonic: now) })
    }
}

/// Gives a port's reservation a place in copyable state.
final class PortReservationBox {
    private let reservation: PortReservation

    init?(port: Int) {
        guard let reservation = PortReservation(port: port) else { return nil }
        self.reservation = reservation
    }
}
