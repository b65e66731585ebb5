import MetricCatalog
import Metrics
import Synchronization

/// The gauges of one stream. A gauge whose value is unknown has no series at all: unknown is never drawn as 0.
final class BacklogGauges: Sendable {
    private let labels: BridgeMetric.Labels
    private let factory: any MetricsFactory
    private let shown = Mutex<[String: Gauge]>([:])

    init(stream: String, factory: any MetricsFactory) {
        self.labels = [(.stream, stream)]
        self.factory = factory
    }

    func set(_ status: StreamStatus) {
        set(.streamLength, status.length.map(Double.init))
        set(.groupLag, status.lag.map(Double.init))
        set(.groupLagKnown, status.pending == nil ? nil : status.lag == nil ? 0 : 1)
        set(.groupPending, status.pending.map(Double.init))
        set(.oldestUnackedAge, status.oldestUnackedSeconds)
        set(.trimHeadroomEntries, status.headroom.map(Double.init))
        set(.trimHeadroomSeconds, status.timeUntilLoss.map { $0 / .seconds(1) })
        set(.backlogCatchUp, status.drainSeconds)
        set(.partitionsAssigned, Double(status.owned))
        set(.partitionsUnassigned, status.unassigned.map(Double.init))
        set(.groupMembers, status.members == 0 ? nil : Double(status.members))
        set(.leaseEpoch, Double(status.epoch))
        set(.streamPaused, status.isPauseKnown ? status.pause == nil ? 0 : 1 : nil)
        set(.dlqOldestAge, status.oldestDeadLetterSeconds)
        set(.dlqLength, status.deadLetters.map(Double.init))
    }

    private func set(_ metric: BridgeMetric, _ value: Double?) {
        let name = metric.name
        shown.withLock { shown in
            guard let value else {
                shown.removeValue(forKey: name)?.destroy()
                return
            }
            let gauge = shown[name] ?? metric.gauge(labels, in: factory)
            shown[name] = gauge
            gauge.record(value)
        }
    }
}
