import Metrics

/// How long Redis takes for the calls of the bridge, waiting for a connection included. The names are a closed set: they are a metric label.
final class RedisCommandTimes: Sendable {
    /// Scripts by their names, and the commands that are sent without one.
    static let commands = [
        "ack", "acquire_permits", "adopt", "create_group", "dead_letter", "fetch", "heartbeat", "inspect", "leave",
        "record_crash",
        "route", "xrange", "xreadgroup", "xtrim",
    ]

    private let timers: [String: Metrics.Timer]
    private let clock = ContinuousClock()

    init(factory: any MetricsFactory) {
        timers = Dictionary(
            uniqueKeysWithValues: (Self.commands + ["other"]).map { command in
                let timer = Metrics.Timer(
                    label: BridgeMetrics.prefix + "redis_command_duration_seconds",
                    dimensions: [("command", command)],
                    factory: factory
                )
                return (command, timer)
            }
        )
    }

    /// Records nothing anywhere.
    static var none: RedisCommandTimes { RedisCommandTimes(factory: NOOPMetricsHandler.instance) }

    /// Times a call, whether it fails or not.
    func measure<Value>(_ command: String, _ body: () async throws -> Value) async rethrows -> Value {
        let start = clock.now
        defer {
            let (seconds, attoseconds) = (clock.now - start).components
            let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
            (timers[command] ?? timers["other"])?.recordNanoseconds(nanoseconds)
        }
        return try await body()
    }
}
