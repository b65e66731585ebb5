import Bridge
import Logging
import NIOCore
import Synchronization

/// Says what who asks may see and do, and lets whoever guesses wait.
final class TokenGate: Sendable {
    enum Answer: Sendable, Equatable {
        case access(Access)
        /// The token is none of ours.
        case wrong
        /// Too many wrong tokens came.
        case tooMany
    }

    let tokens: AccessTokens
    private let delay = Mutex(WrongTokenDelay())
    private let logThrottle: LogThrottle
    private let clock = ContinuousClock()

    init(tokens: AccessTokens, logger: Logger) {
        self.tokens = tokens
        self.logThrottle = LogThrottle(logger: logger)
    }

    /// - Parameter what: what is asked for, for the log.
    func ask(_ authorization: String?, for what: String, from peer: SocketAddress?) async -> Answer {
        if let access = tokens.access(authorization) { return .access(access) }
        logThrottle.log(
            .warning,
            key: "token",
            "A request with a wrong token was refused",
            metadata: ["action": "\(what)", "peer": "\(peer?.ipAddress ?? "unknown")"]
        )
        guard let wait = delay.withLock({ $0.wrong(now: clock.now) }) else { return .tooMany }
        defer { delay.withLock { $0.ended() } }
        // Who hangs up does not wait, and learns nothing.
        try? await clock.sleep(for: wait)
        return .wrong
    }
}
