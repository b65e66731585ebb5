package import Bridge
import Loops

/// Whether a process may open as many files as a bridge needs.
package enum OpenFilesFact {
    /// For everything but connections to Loops and Redis: the admin port, files, the runtime.
    private static let others = 200
    /// Connections to Redis for each stream, and one to the limiter's server.
    private static let perStream = 3

    /// - Parameter limit: the hard limit (`ulimit -Hn`) of this process, up to which `run` raises its own; that of the service may be another one.
    package static func result(limit: UInt64, _ configuration: BridgeConfiguration) -> CheckResult? {
        let needed = configuration.loops.maxInFlight + perStream * configuration.streams.count + 1 + others
        guard limit < needed else { return nil }
        return CheckResult(
            .warning,
            "process",
            "may open \(limit) files here, and a bridge with these settings wants \(needed)",
            advice: "Raise it: LimitNOFILE= (systemd), ulimits: nofile (Compose), ulimit -Hn (a shell)."
        )
    }
}
