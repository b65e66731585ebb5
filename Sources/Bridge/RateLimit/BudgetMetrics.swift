import MetricCatalog
import Metrics
import StreamGroups

/// What the limiter gives and what becomes of it.
final class BudgetMetrics: Sendable {
    /// What becomes of a permit.
    private enum Outcome: String, CaseIterable {
        case used
        /// Not used in time.
        case expired
        /// The partition is another replica's.
        case fenced
        /// Redis could not be asked.
        case error
    }

    private let permits: ClosedCounters<Outcome>
    private let wait: Metrics.Timer
    private let limit: Gauge
    private let rate: Gauge
    private let remaining: Gauge

    init(factory: any MetricsFactory) {
        permits = ClosedCounters(.ratelimitPermits, by: .outcome, in: factory)
        wait = BridgeMetric.ratelimitWait.timer(in: factory)
        limit = BridgeMetric.ratelimitLimit.gauge(in: factory)
        rate = BridgeMetric.ratelimitEffectiveRate.gauge(in: factory)
        remaining = BridgeMetric.ratelimitRemaining.gauge(in: factory)
    }

    /// A request went out.
    func used() { permits.increment(.used) }

    /// So many permits came too late to be used.
    func lost(_ count: Int) { permits.increment(.expired, by: count) }

    /// - Parameters:
    ///   - grant: nil when the limiter could not be asked.
    ///   - wait: how long the first permit has to wait.
    func granted(_ grant: PermitGrant?, wait delay: Duration?) {
        guard let grant else { return permits.increment(.error) }
        if grant.isFenced { permits.increment(.fenced) }
        if let delay {
            let (seconds, attoseconds) = delay.components
            wait.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
    }

    /// What is known now. Nothing is shown that is not known.
    func set(_ snapshot: DeliverySnapshot) {
        if let limit = snapshot.limit { self.limit.record(limit) }
        if let pace = snapshot.pace { rate.record(pace) }
        if let remaining = snapshot.remaining { self.remaining.record(remaining) }
    }
}
