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
