import Logging
import RedisStreams
import Synchronization

/// Paces blocking reads that come back empty much too soon: a server or a proxy that ignores `BLOCK` would be asked thousands of times a second.
///
/// A value: how long each empty read took goes in, how long to wait before the next one comes out.
struct BlockingReadPace: Sendable {
    /// The wait after the first of them, and the longest: what is new is noticed that much later.
    static let (least, most) = (Duration.milliseconds(100), Duration.seconds(1))

    private var early = 0

    /// Takes an empty answer.
    /// - Parameters:
    ///   - took: how long the read lasted.
    ///   - block: how long it should have.
    /// - Returns: how long to wait; nil when the server has waited as it should.
    mutating func emptied(after took: Duration, of block: Duration) -> Duration? {
        guard took < block / 2 else {
            early = 0
            return nil
        }
        early += 1
        return min(Self.most, Self.least * (1 << min(early - 1, 10)))
    }

    /// Once is chance; from the second one in a row on, it is worth a word.
    var isIgnored: Bool { early > 1 }
}

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
