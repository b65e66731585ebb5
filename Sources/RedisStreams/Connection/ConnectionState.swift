import Synchronization

/// What a client's connection is doing.
package enum ConnectionState: Sendable, Equatable {
    case disconnected(reason: String)
    case connected(ServerIdentity)
}

/// Which server answered. Another run ID than before means a restart or a failover: what it knows may be a little old.
package struct ServerIdentity: Sendable, Equatable {
    package let runID: String
    /// `Redis 7.0.15`, `Valkey 9.1.2`.
    package let product: String
    /// nil when the server does not say it: it may keep that from a user without rights.
    package let mode: Mode?

    /// What kind of server it is.
    package enum Mode: String, Sendable {
        case standalone, sentinel, cluster
    }

    init(_ info: ServerInfo) {
        runID = info["run_id"] ?? ""
        product = info.product
        mode = info.mode
    }
}

/// What is told of a command or pipeline that ended: the first command's name, the time it took, its wait for a connection included, and its
/// error when the replies did not come.
package typealias CommandObserver = @Sendable (_ command: String, _ duration: Duration, _ error: RedisError?) -> Void

/// What a client's connection is doing, for those who ask and for one who is told.
final class ConnectionStatus: Sendable {
    private struct Status {
        var state = ConnectionState.disconnected(reason: "not connected yet")
        var connects = 0
    }
    private let status = Mutex(Status())
    private let observer: (@Sendable (ConnectionState) -> Void)?

    init(observer: (@Sendable (ConnectionState) -> Void)?) {
        self.observer = observer
    }

    var state: ConnectionState { status.withLock { $0.state } }

    var reconnectCount: Int { status.withLock { max($0.connects - 1, 0) } }

    func change(to state: ConnectionState) {
        status.withLock { status in
            status.state = state
            if case .connected = state { status.connects += 1 }
        }
        observer?(state)
    }
}
