import Logging
import RedisStreams
import Synchronization

/// Tells what is wrong with blocking reads: that they do not block, once for all of a process; that they fail, now and then.
final class BlockingReadLog: Sendable {
    private let logger: Logger
    private let logThrottle: LogThrottle
    private let hasTold = Atomic(false)

    init(logger: Logger) {
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger)
    }

    func isIgnored(stream: String) {
        guard !hasTold.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "Redis or a proxy in front of it ignores BLOCK; polling once per second. Connect to Redis directly",
            metadata: ["stream": "\(stream)"]
        )
    }

    func failed(stream: String, _ error: any Error) {
        // A lost connection is told of where it is made anew.
        switch (error as? RedisError)?.reason {
        case .connectionLost, .notConnected, .cancelled, .closed: return
        default: break
        }
        logThrottle.log(
            .warning,
            key: stream,
            "Failed to wait for new entries; retrying",
            metadata: ["stream": "\(stream)", "error": "\(error)"]
        )
    }
}
