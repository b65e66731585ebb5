package import NIOCore
import Synchronization

/// Carries requests over connections that it keeps: ``ConnectionPool``, for callers on any thread.
package final class HTTPConnections: Sendable {
    package let eventLoop: any EventLoop
    package var origin: HTTPOrigin { connector.origin }
    private let connector: HTTPConnector
    private let pool: NIOLoopBoundBox<ConnectionPool>
    private let numbers = Atomic<UInt64>(0)

    /// How long a connection stays open with nothing to do: shorter than most servers wait, so that few requests meet one that is just closing.
    package static let idleLimit = TimeAmount.seconds(50)

    package init(
        connector: HTTPConnector,
        eventLoop: any EventLoop,
        maxResponseBytes: Int,
        idleLimit: TimeAmount = HTTPConnections.idleLimit
    ) {
        self.eventLoop = eventLoop
        self.connector = connector
        self.pool = .makeBoxSendingValue(
            ConnectionPool(
                connector: connector,
                eventLoop: eventLoop,
                maxResponseBytes: maxResponseBytes,
                idleLimit: idleLimit
            ),
            eventLoop: eventLoop
        )
    }

    /// Sends `request` once and waits for the whole answer.
    package func response(to request: HTTPRequest, within time: Duration) async throws(HTTPTransportError)
        -> HTTPResponse
    {
        let request = connector.routed(request)
        let promise = eventLoop.makePromise(of: HTTPResponse.self)
        let exchange = HTTPExchange(
            number: numbers.wrappingAdd(1, ordering: .relaxed).newValue,
            head: request.head,
            body: request.body,
            sendDeadline: request.sendDeadline,
            deadline: eventLoop.now + TimeAmount(time),
            promise: promise
        )
        onPool { $0.start(exchange) }
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                onPool { $0.cancel(exchange.number) }
            }
        } catch {
            throw error as? HTTPTransportError ?? HTTPTransportError(.connectionLost, error)
        }
    }

    /// Closes all connections; what is under way ends without an answer.
    package func close() async { try? await eventLoop.submit { self.pool.value.close() }.get() }

    /// How many connections are open.
    package var count: Int { get async { (try? await eventLoop.submit { self.pool.value.count }.get()) ?? 0 } }

    private func onPool(_ body: @escaping @Sendable (ConnectionPool) -> Void) {
        if eventLoop.inEventLoop { body(pool.value) } else { eventLoop.execute { body(self.pool.value) } }
    }
}
