import Metrics
import Synchronization

/// The gauges of one stream. A gauge whose value is unknown has no series at all: unknown is never drawn as 0.
final class BacklogGauges: Sendable {
    private let dimensions: [(String, String)]
    private let factory: any MetricsFactory
    private let shown = Mutex<[String: Gauge]>([:])

    init(stream: String, factory: any MetricsFactory) {
        self.dimensions = [("stream", stream)]
        self.factory = factory
    }

    func set(_ status: StreamStatus) {
        set("stream_length", status.length.map(Double.init))
        set("group_lag", status.lag.map(Double.init))
        set("group_lag_known", status.pending == nil ? nil : status.lag == nil ? 0 : 1)
        set("group_pending", status.pending.map(Double.init))
        set("oldest_unacked_age_seconds", status.oldestUnackedSeconds)
        set("trim_headroom_entries", status.headroom.map(Double.init))
        set("trim_headroom_seconds", status.timeUntilLoss.map { $0 / .seconds(1) })
        set("backlog_catch_up_seconds", status.drainSeconds)
        set("partitions_assigned", Double(status.owned))
        set("partitions_unassigned", status.unassigned.map(Double.init))
        set("group_members", status.members == 0 ? nil : Double(status.members))
        set("lease_epoch", Double(status.epoch))
        set("stream_paused", status.isPauseKnown ? status.pause == nil ? 0 : 1 : nil)
        set("dlq_oldest_age_seconds", status.oldestDeadLetterSeconds)
        set("dlq_length", status.deadLetters.map(Double.init))
    }

    private func set(_ name: String, _ value: Double?) {
        shown.withLock { shown in
            guard let value else {
                shown.removeValue(forKey: name)?.destroy()
                return
            }
            let gauge =
                shown[name] ?? Gauge(label: BridgeMetrics.prefix + name, dimensions: dimensions, factory: factory)
            shown[name] = gauge
            gauge.record(value)
        }
    }
}
