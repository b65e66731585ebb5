import Logging
import MetricCatalog
import Metrics
import NIOCore
import RedisStreams
import Synchronization

/// Makes the bridge's connections to Redis, all on one event loop, and keeps them until they are run.
struct RedisConnections {
    private(set) var clients: [RedisClient] = []
    private let configuration: BridgeConfiguration
    private let eventLoop: any EventLoop
    private let reconnects: Counter
    private let logger: Logger

    init(_ configuration: BridgeConfiguration, on eventLoop: any EventLoop, factory: any MetricsFactory, logger: Logger)
    {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.reconnects = BridgeMetric.redisReconnects.counter(in: factory)
        self.logger = logger
    }

    /// A connection of its own, to the server that has the key. All keys of a stream live in one slot, so one answers for them.
    mutating func connect(to key: String) -> RedisClient {
        let reconnects = ReconnectCounter(reconnects)
        var redis = configuration.redis(for: key)
        redis.maxReplyBytes = configuration.limits.replyBytes
        let client = RedisClient(
            configuration: redis,
            logger: logger,
            eventLoopGroup: eventLoop,
            onState: { reconnects.observe($0) }
        )
        clients.append(client)
        return client
    }
}

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
