import Metrics
import RedisStreams
import Synchronization

/// Counts how often one connection had to be made again.
final class ReconnectCounter: Sendable {
    private let counter: Counter
    private let wasConnected = Mutex(false)

    init(_ counter: Counter) {
        self.counter = counter
    }

    func observe(_ state: ConnectionState) {
        guard case .connected = state else { return }
        let isAgain = wasConnected.withLock { was in
            defer { was = true }
            return was
        }
        if isAgain { counter.increment() }
    }
}
