import MetricCatalog
import Metrics
import StreamGroups

/// How long Redis takes for the calls of the bridge, waiting for a connection included. The names are a closed set: they are a metric label.
final class RedisCommandTimes: Sendable {
    private let timers: [String: Metrics.Timer]

    init(factory: any MetricsFactory) {
        timers = Dictionary(
            uniqueKeysWithValues: (GroupClient.commands + ["other"]).map { command in
                (command, BridgeMetric.redisCommandDuration.timer([(.command, command)], in: factory))
            }
        )
    }

    /// Records nothing anywhere.
    static var none: RedisCommandTimes { RedisCommandTimes(factory: NOOPMetricsHandler.instance) }

    func record(_ command: String, _ took: Duration) {
        let (seconds, attoseconds) = took.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        (timers[command] ?? timers["other"])?.recordNanoseconds(nanoseconds)
    }
}
