import PrometheusMetrics

/// Requests to Loops, and the budget for them.
extension BridgeMetric {
    package static let apiRequests = counter(
        "api_requests_total",
        "Requests to Loops by status; none when no answer came.",
        [.operation, .status]
    )
    package static let apiRequestDuration = histogram(
        "api_request_duration_seconds",
        "Time from a request's start to its answer.",
        [.operation],
        // Up to the longest time that a request is usually given.
        buckets: MetricDescription.defaultBuckets + [15, 30, 60]
    )
    package static let apiIdempotencyConflicts = counter(
        "api_idempotency_conflicts_total",
        "409 on our own key: replay is a delivery that had happened before, different_body is a fault.",
        [.meaning]
    )
    package static let apiThrottled = counter("api_throttled_total", "Requests answered 429.", [])
    package static let apiInflightRequests = gauge("api_inflight_requests", "Requests under way.", [])

    static let api = [
        apiRequests, apiRequestDuration, apiIdempotencyConflicts, apiThrottled, apiInflightRequests,
    ]

    package static let ratelimitLimit = groupGauge(
        "ratelimit_limit",
        "Requests a second that the team may make, over all replicas.",
        []
    )
    package static let ratelimitEffectiveRate = groupGauge(
        "ratelimit_effective_rate",
        "Requests a second that all replicas together may make now.",
        []
    )
    package static let ratelimitRemaining = gauge(
        "ratelimit_remaining",
        "What Loops last said is left of its window.",
        []
    )
    package static let ratelimitPermits = counter(
        "ratelimit_permits_total",
        "Permits by outcome: used, expired (not used in time), fenced (another replica owns the partition), error (Redis did not answer).",
        [.outcome]
    )
    package static let ratelimitWait = histogram(
        "ratelimit_wait_seconds",
        "Time that a permit had to be waited for.",
        [],
        buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10]
    )

    static let budget = [
        ratelimitLimit, ratelimitEffectiveRate, ratelimitRemaining, ratelimitPermits, ratelimitWait,
    ]
}
