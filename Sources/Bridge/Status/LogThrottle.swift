package import Logging
import RedisStreams
import Synchronization

/// Lets a repeated message through once in a while and says how many it held back: an outage must not fill a disk.
package final class LogThrottle: Sendable {
    private struct Window {
        var opened: ContinuousClock.Instant
        var held = 0
    }

    let logger: Logger
    private let interval: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let windows = Mutex<[String: Window]>([:])

    /// The most different keys that are told apart; more share one.
    static let maxKeys = 64

    /// - Parameter now: the time; the clock's unless a test says otherwise.
    package init(
        logger: Logger,
        interval: Duration = .seconds(10),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.logger = logger
        self.interval = interval
        self.now = now
    }

    /// Logs unless the same key was logged within the interval.
    package func log(_ level: Logger.Level, key: String, _ message: Logger.Message, metadata: Logger.Metadata = [:]) {
        let now = now()
        let held: Int? = windows.withLock { windows in
            let key = windows[key] != nil || windows.count < Self.maxKeys ? key : ""
            if var window = windows[key], now - window.opened < interval {
                window.held += 1
                windows[key] = window
                return nil
            }
            let held = windows[key]?.held ?? 0
            windows[key] = Window(opened: now)
            return held
        }
        guard let held else { return }
        var metadata = metadata
        if held > 0 { metadata["heldBack"] = "\(held)" }
        logger.log(level: level, message, metadata: metadata)
    }
}

extension LogThrottle {
    /// Logs that something failed and is tried again. Without a connection to Redis everything fails, and the connection itself has told why: one
    /// cause, one warning.
    func failed(_ error: any Error, key: String, _ message: Logger.Message, metadata: Logger.Metadata = [:]) {
        let metadata = metadata.merging(["error": "\(error)"]) { $1 }
        switch (error as? RedisError)?.reason {
        case .notConnected, .connectionLost, .cancelled, .closed: logger.debug(message, metadata: metadata)
        default: log(.warning, key: key, message, metadata: metadata)
        }
    }
}
