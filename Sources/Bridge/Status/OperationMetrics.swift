import Loops
import Metrics

/// The instruments of one Loops operation.
struct OperationMetrics: Sendable {
    /// Statuses told apart; others count as their class, so that a strange server cannot make new series.
    private static let statuses = [200, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504]

    private let deliveries: ClosedCounters
    private let requests: ClosedCounters
    private let conflicts: ClosedCounters
    private let duration: Metrics.Timer

    init(operation: LoopsAction, factory: any MetricsFactory) {
        let dimensions = [("operation", operation.rawValue)]
        deliveries = ClosedCounters(
            "deliveries_total",
            label: "outcome",
            values: ["delivered", "duplicate", "retried", "throttled", "unauthorized", "wrong_address", "rejected"],
            dimensions: dimensions,
            factory: factory
        )
        requests = ClosedCounters(
            "api_requests_total",
            label: "status",
            values: Self.statuses.map(String.init) + ["1xx", "2xx", "3xx", "4xx", "5xx", "none"],
            dimensions: dimensions,
            factory: factory
        )
        conflicts = ClosedCounters(
            "api_idempotency_conflicts_total",
            label: "meaning",
            values: ["replay", "in_progress", "different_body", "unconfirmed"],
            factory: factory
        )
        duration = Metrics.Timer(
            label: BridgeMetrics.prefix + "api_request_duration_seconds",
            dimensions: dimensions,
            factory: factory
        )
    }

    func request(_ answer: LoopsResponse, took: Duration) {
        requests.increment(Self.label(answer.status))
        let (seconds, attoseconds) = took.components
        duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        switch answer.outcome {
        case .delivered: deliveries.increment("delivered")
        case .alreadyDelivered:
            deliveries.increment("duplicate")
            conflicts.increment("replay")
        case .retry(let why):
            deliveries.increment("retried")
            if why == .inProgress { conflicts.increment("in_progress") }
        case .throttled: deliveries.increment("throttled")
        case .unauthorized: deliveries.increment("unauthorized")
        case .wrongAddress: deliveries.increment("wrong_address")
        case .rejected(let rejection):
            deliveries.increment("rejected")
            switch rejection {
            case .refused: break
            case .idempotencyConflict: conflicts.increment("different_body")
            case .unconfirmed: conflicts.increment("unconfirmed")
            }
        }
    }

    private static func label(_ status: Int?) -> String {
        guard let status else { return "none" }
        return statuses.contains(status) ? String(status) : "\(min(max(status / 100, 1), 5))xx"
    }
}
