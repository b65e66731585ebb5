import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells the ways apart in which a request can get no answer.
enum LoopsTransportFault {
    /// `unreachable` is only what certainly wrote nothing; all doubt is `connectionLost`.
    static func classify(_ error: any Error) -> LoopsOutcome.Retry {
        if let error = error as? HTTPClientError {
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout: return .unreachable
            case .deadlineExceeded, .readTimeout, .writeTimeout: return .timedOut
            default: return .connectionLost
            }
        }
        if error is NIOConnectionError { return .unreachable }
        if let error = error as? IOError, error.errnoCode == ECONNREFUSED { return .unreachable }
        if error is NIOTooManyBytesError { return .ambiguousAnswer }
        return .connectionLost
    }

    /// A short text without addresses' credentials or bodies.
    static func describe(_ error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        return String(describing: error)
    }
}
