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

    private let permits: ClosedCounters
    private let wait: Metrics.Timer
    private let limit: Gauge
    private let rate: Gauge
    private let remaining: Gauge

    init(factory: any MetricsFactory) {
        func gauge(_ name: String) -> Gauge {
            Gauge(label: BridgeMetrics.prefix + name, dimensions: [], factory: factory)
        }
        permits = ClosedCounters(
            "ratelimit_permits_total",
            label: "outcome",
            values: Outcome.allCases.map(\.rawValue),
            factory: factory
        )
        wait = Metrics.Timer(label: BridgeMetrics.prefix + "ratelimit_wait_seconds", dimensions: [], factory: factory)
        limit = gauge("ratelimit_limit")
        rate = gauge("ratelimit_effective_rate")
        remaining = gauge("ratelimit_remaining")
    }

    /// A request went out.
    func used() { permits.increment(Outcome.used.rawValue) }

    /// So many permits came too late to be used.
    func lost(_ count: Int) { permits.increment(Outcome.expired.rawValue, by: count) }

    /// - Parameters:
    ///   - grant: nil when the limiter could not be asked.
    ///   - wait: how long the first permit has to wait.
    func granted(_ grant: PermitGrant?, wait delay: Duration?) {
        guard let grant else { return permits.increment(Outcome.error.rawValue) }
        if grant.isFenced { permits.increment(Outcome.fenced.rawValue) }
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
