/// What a client's connection is doing.
public enum ConnectionState: Sendable, Equatable {
    case disconnected(reason: String)
    case connected(ServerIdentity)
}

/// Which server answered. Another run ID than before means a restart or a failover: what it knows may be a little old.
public struct ServerIdentity: Sendable, Equatable {
    public let runID: String
    /// `7.0.15`.
    public let version: String

    init(info: String) {
        var values: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            let pair = line.split(separator: ":", maxSplits: 1)
            if pair.count == 2 { values[pair[0]] = pair[1] }
        }
        runID = String(values["run_id"] ?? "")
        version = String(values["redis_version"] ?? "")
    }
}
