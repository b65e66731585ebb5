import Logging
import RedisStreams

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
