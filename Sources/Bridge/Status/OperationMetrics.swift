import Loops
import MetricCatalog
import Metrics

/// The instruments of one Loops operation.
struct OperationMetrics: Sendable {
    /// Statuses told apart; others count as their class, so that a strange server cannot make new series.
    private static let statuses = [200, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504]

    private enum Outcome: String, CaseIterable {
        case delivered, duplicate, retried, throttled, unauthorized, rejected
        case wrongAddress = "wrong_address"
    }

    /// What a 409 means.
    private enum Conflict: String, CaseIterable {
        case replay, unconfirmed
        case inProgress = "in_progress"
        case differentBody = "different_body"
    }

    private let deliveries: ClosedCounters<Outcome>
    private let requests: ClosedCounters<String>
    private let conflicts: ClosedCounters<Conflict>
    private let duration: Metrics.Timer

    init(operation: LoopsAction, factory: any MetricsFactory) {
        let labels = [(MetricLabel.operation, operation.rawValue)]
        deliveries = ClosedCounters(.deliveries, by: .outcome, labels: labels, in: factory)
        requests = ClosedCounters(
            .apiRequests,
            by: .status,
            values: Self.statuses.map(String.init) + ["1xx", "2xx", "3xx", "4xx", "5xx", "none"],
            labels: labels,
            in: factory
        )
        conflicts = ClosedCounters(.apiIdempotencyConflicts, by: .meaning, in: factory)
        duration = BridgeMetric.apiRequestDuration.timer(labels, in: factory)
    }

    func request(_ answer: LoopsResponse, took: Duration) {
        requests.increment(Self.label(answer.status))
        let (seconds, attoseconds) = took.components
        duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        switch answer.outcome {
        case .delivered: deliveries.increment(.delivered)
        case .alreadyDelivered:
            deliveries.increment(.duplicate)
            conflicts.increment(.replay)
        case .retry(let why):
            deliveries.increment(.retried)
            if why == .inProgress { conflicts.increment(.inProgress) }
        case .throttled: deliveries.increment(.throttled)
        case .unauthorized: deliveries.increment(.unauthorized)
        case .wrongAddress: deliveries.increment(.wrongAddress)
        case .rejected(let rejection):
            deliveries.increment(.rejected)
            switch rejection {
            case .refused: break
            case .idempotencyConflict: conflicts.increment(.differentBody)
            case .unconfirmed: conflicts.increment(.unconfirmed)
            }
        }
    }

    private static func label(_ status: Int?) -> String {
        guard let status else { return "none" }
        return statuses.contains(status) ? String(status) : "\(min(max(status / 100, 1), 5))xx"
    }
}
