import NIOCore

/// The connections of one event loop: made when one is needed, kept for the next request. Used on that event loop only.
///
/// It has no limit of its own: there are never more connections than there were requests under way at once, and that is the caller's limit.
final class ConnectionPool {
    private let eventLoop: any EventLoop
    private let connector: HTTPConnector
    private let maxResponseBytes: Int
    private let idleLimit: TimeAmount
    /// The one that was used last is used next, so that those beyond the need grow old.
    private var idle: [HTTPConnection] = []
    private var all: [ObjectIdentifier: HTTPConnection] = [:]
    /// Wait for a connection that is being made for them.
    private var waiting: [UInt64: HTTPExchange] = [:]
    private var isClosed = false

    init(connector: HTTPConnector, eventLoop: any EventLoop, maxResponseBytes: Int, idleLimit: TimeAmount) {
        self.connector = connector
        self.eventLoop = eventLoop
        self.maxResponseBytes = maxResponseBytes
        self.idleLimit = idleLimit
    }

    func start(_ exchange: HTTPExchange) {
        guard !isClosed else { return exchange.promise.fail(HTTPTransportError(.unreachable, "the client is closed")) }
        if let connection = idle.popLast() { return connection.start(exchange) }
        waiting[exchange.number] = exchange
        connector.connect(on: eventLoop).assumeIsolated().whenComplete { self.connected($0, for: exchange.number) }
    }

    /// Ends an exchange whose caller no longer waits.
    func cancel(_ number: UInt64) {
        if let exchange = waiting.removeValue(forKey: number) {
            exchange.promise.fail(HTTPTransportError(.unreachable, "given up"))
        } else {
            all.values.first { $0.carries == number }?.close(.connectionLost, "given up")
        }
    }

    /// Ends what is under way, and takes nothing any more.
    func close() {
        isClosed = true
        for number in waiting.keys { cancel(number) }
        for connection in all.values { connection.close(.connectionLost, "the client was closed") }
    }

    /// How many connections there are.
    var count: Int { all.count }

    private func connected(_ result: Result<any Channel, any Error>, for number: UInt64) {
        let exchange = waiting.removeValue(forKey: number)
        do {
            let channel = try result.get()
            // Nobody needs it any more.
            guard let exchange else { return channel.close(promise: nil) }
            let writeDeadlineHandler = WriteDeadlineHandler()
            let connection = HTTPConnection(
                now: eventLoop.now,
                readyBy: connector.readyBy(eventLoop.now),
                writeDeadlineHandler: writeDeadlineHandler,
                maxResponseBytes: maxResponseBytes,
                idleLimit: idleLimit,
                callbacks: HTTPConnection.Callbacks(
                    freed: { self.idle.append($0) },
                    closed: { self.forget($0) }
                )
            )
            try channel.pipeline.syncOperations.addHandler(writeDeadlineHandler, position: .first)
            try channel.pipeline.syncOperations.addHandler(connection)
            all[ObjectIdentifier(connection)] = connection
            connection.start(exchange)
        } catch {
            exchange?.promise.fail(HTTPTransportError(.unreachable, error))
        }
    }

    private func forget(_ connection: HTTPConnection) {
        all[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
    }
}
