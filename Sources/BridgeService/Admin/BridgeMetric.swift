package import PrometheusMetrics

/// A metric of the bridge: the one place where its name, help, kind, labels and scope stand. The exposition, `deploy/metrics.json` and what is held
/// against that are made from it.
package struct BridgeMetric: Sendable {
    package let description: MetricDescription
    /// Whether every replica shows the same value, that of the group: `max()`, never `sum()`.
    package let isOfGroup: Bool

    /// Every metric of the bridge.
    package static let all: [BridgeMetric] = flow + api + budget + backlog + ownership + failures + others

    private static let flow = [
        counter("entries_read_total", "Entries taken from the stream.", ["stream"]),
        counter(
            "entries_completed_total",
            "Entries that came to their end, by outcome, confirmed by Redis.",
            ["stream", "outcome"]
        ),
        counter("acks_total", "Entries acknowledged.", ["stream"]),
        counter(
            "events_coalesced_total",
            "Entries that shared the request of another one.",
            ["kind"]
        ),
        counter(
            "events_mapped_total",
            "Events by what the mappings made of them when they were planned: mapped, filtered, failed.",
            ["type", "outcome"]
        ),
        counter(
            "events_unrecognized_total",
            "Events that are none of Segment's, ignored or dead-lettered, by what they look like.",
            ["looks_like"]
        ),
        counter(
            "events_odd_total",
            "Events that were not taken as they are written: type_spelling, placeholder_user_id, unreadable_time.",
            ["what"]
        ),
        counter("events_filtered_total", "Events of which nothing is sent, as intended, by reason.", ["reason"]),
        counter(
            "duplicates_total",
            "Deliveries that had been made before, by what detected it: loops (409 on our own key).",
            ["detected_by"]
        ),
        counter("requests_expired_total", "Requests left out since the event was older than its mapping's maxAge.", []),
        counter("redeliveries_total", "Entries that were pending from before, by cause.", ["stream", "cause"]),
        counter("oversized_entries_total", "Entries larger than Segment would take.", ["stream"]),
        counter(
            "mapping_adjustments_total",
            "What the mappings' options changed so that Loops takes it.",
            ["stream", "kind"]
        ),
        counter("deliveries_total", "Requests to Loops by what came of them.", ["operation", "outcome"]),
        counter(
            "mapping_events_total",
            "Events by the mapping that took them and what became of them: delivered, expired, dead_lettered.",
            ["mapping", "outcome"]
        ),
        histogram(
            "mapping_request_duration_seconds",
            "Time from a request's start to its answer, by mapping.",
            ["mapping"],
            buckets: MetricDescription.defaultBuckets + [15, 30, 60]
        ),
    ]

    private static let api = [
        counter(
            "api_requests_total",
            "Requests to Loops by status; none when no answer came.",
            ["operation", "status"]
        ),
        histogram(
            "api_request_duration_seconds",
            "Time from a request's start to its answer.",
            ["operation"],
            // Up to the longest time that a request is usually given.
            buckets: MetricDescription.defaultBuckets + [15, 30, 60]
        ),
        counter(
            "api_idempotency_conflicts_total",
            "409 on our own key: replay is a delivery that had happened before, different_body is a fault.",
            ["meaning"]
        ),
        counter("api_throttled_total", "Requests answered 429.", []),
        gauge("api_inflight_requests", "Requests under way.", []),
    ]

    private static let budget = [
        groupGauge("ratelimit_limit", "Requests a second that the team may make, over all replicas.", []),
        groupGauge(
            "ratelimit_effective_rate",
            "Requests a second that all replicas together may make now.",
            []
        ),
        gauge("ratelimit_remaining", "What Loops last said is left of its window.", []),
        counter(
            "ratelimit_permits_total",
            "Permits by outcome: used, expired (not used in time), fenced (another replica owns the partition), error (Redis did not answer).",
            ["outcome"]
        ),
        histogram(
            "ratelimit_wait_seconds",
            "Time that a permit had to be waited for.",
            [],
            buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10]
        ),
    ]

    private static let backlog = [
        groupGauge("stream_length", "Entries in the stream.", ["stream"]),
        groupGauge(
            "group_lag",
            "Entries not routed yet; absent when Redis does not know.",
            ["stream"]
        ),
        groupGauge("group_lag_known", "Whether Redis knows the lag.", ["stream"]),
        groupGauge("group_pending", "Entries routed and not acknowledged.", ["stream"]),
        groupGauge("oldest_unacked_age_seconds", "Age of the oldest pending entry.", ["stream"]),
        groupGauge(
            "trim_headroom_entries",
            "Finished entries still in the stream: what the producer may trim without a loss.",
            ["stream"]
        ),
        groupGauge(
            "trim_headroom_seconds",
            "Time until the producer's trimming reaches entries that are not delivered; absent when it does not.",
            ["stream"]
        ),
        groupGauge(
            "backlog_catch_up_seconds",
            "Time until nothing waits, at the group's pace of the last half minute; absent when unknown, and while nothing moves.",
            ["stream"]
        ),
        gauge("contacts_in_backoff", "Contacts that wait for a retry.", []),
        gauge("contacts_settling", "Contacts that wait since Loops may still apply a request that was given up.", []),
        gauge(
            "contact_backoff_max_seconds",
            "How long the contact that waits longest for its retry has done so; 0 when none waits.",
            []
        ),
        gauge("entries_buffered", "Entries in this process's memory.", []),
        histogram(
            "event_age_seconds",
            "Age of an event when it was delivered, by its own timestamp.",
            [],
            buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400]
        ),
    ]

    private static let ownership = [
        gauge("partitions_assigned", "Partitions that this replica owns.", ["stream"]),
        groupGauge(
            "partitions_unassigned",
            "Partitions that no replica owns; absent before the first heartbeat.",
            ["stream"]
        ),
        groupGauge("group_members", "Replicas of the group, as this one sees them.", ["stream"]),
        gauge("lease_epoch", "The highest epoch of the partitions that this replica owns.", ["stream"]),
        counter(
            "partition_takeovers_total",
            "Partitions that this replica took over, by where they came from.",
            ["stream", "cause"]
        ),
        histogram(
            "partition_takeover_duration_seconds",
            "How long partitions that this replica took over had had nobody, by what it saw.",
            ["stream"],
            buckets: [0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 300]
        ),
        counter(
            "order_violations_total",
            "Entries that ended after a later one of their contact. Must stay 0.",
            ["stream"]
        ),
        counter(
            "requests_sent_late_total",
            "Requests that left after the lease that allowed them: the process was stopped while it wrote.",
            ["stream"]
        ),
        counter("lease_renew_failures_total", "Heartbeats that failed.", ["stream"]),
        counter(
            "fencing_rejections_total",
            "Calls that Redis refused since another replica owns the partition.",
            ["stream", "operation"]
        ),
    ]

    private static let failures = [
        counter("retries_total", "Requests that are sent again, by reason.", ["reason"]),
        counter("dead_letters_total", "Entries moved to the dead-letter stream, by reason.", ["reason"]),
        counter(
            "dead_letters_evicted_total",
            "Dead letters that newer ones pushed out of the dead-letter stream: lost.",
            ["stream"]
        ),
        groupGauge("dlq_length", "Entries in the dead-letter stream.", ["stream"]),
        groupGauge(
            "dlq_oldest_age_seconds",
            "Time since the oldest dead letter was written; 0 without one.",
            ["stream"]
        ),
        gauge("circuit_breaker_state", "0 closed, 1 open or probing: Loops does not answer.", []),
        gauge("api_key_accepted", "1 while Loops takes the API key.", []),
        counter(
            "entries_lost_total",
            "Entries trimmed by the producer before they were delivered: lost.",
            ["stream"]
        ),
        counter(
            "pending_vanished_total",
            "Pending entries that were taken out of the group by another program and are routed again.",
            ["stream"]
        ),
        counter(
            "receipts_lost_total",
            "Receipts that could not be written; their entries are acknowledged.",
            ["stream"]
        ),
        counter("group_recreations_total", "How often the consumer group was gone and made again.", ["stream"]),
    ]

    private static let others = [
        groupGauge(
            "stream_paused",
            "1 while a person or the brake has paused the stream; absent before the first heartbeat.",
            ["stream"]
        ),
        counter(
            "brakes_total",
            "Stops of a stream by this replica since its changed mappings made dead letters.",
            ["stream"]
        ),
        gauge("replica_drained", "1 while this replica is drained by a person: it is up and starts nothing.", []),
        gauge("redis_up", "1 while there is a connection to Redis.", []),
        counter("redis_reconnects_total", "Connections to Redis that were made again.", []),
        counter(
            "admin_connections_dropped_total",
            "Connections of the admin port that were closed, by cause.",
            ["cause"]
        ),
        counter("config_reloads_total", "Loads of the mappings file while running, by result.", ["result"]),
        gauge(
            "config_reload_ok",
            "0 from a mappings file that was refused until one is accepted, else 1.",
            []
        ),
        histogram(
            "redis_command_duration_seconds",
            "Time that calls of Redis took, waiting for the connection included, failed ones as well.",
            ["command"],
            // Redis answers within a fraction of a millisecond.
            buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5]
        ),
        gauge("shutdown_phase", "0 running, 1 ending requests, 2 acknowledging, 3 giving the leases back.", []),
        gauge(
            "config_info",
            "1, with a hash of settings and mappings that should be the same on all replicas.",
            ["hash"]
        ),
        gauge("build_info", "1, with the version and the commit that it was built from.", ["version", "revision"]),
    ]

    static func counter(_ name: String, _ help: String, _ labels: [String]) -> BridgeMetric {
        .init(name, help, .counter, labels)
    }

    static func gauge(_ name: String, _ help: String, _ labels: [String]) -> BridgeMetric {
        .init(name, help, .gauge, labels)
    }

    static func groupGauge(_ name: String, _ help: String, _ labels: [String]) -> BridgeMetric {
        .init(name, help + " Use max() over replicas.", .gauge, labels, isOfGroup: true)
    }

    static func histogram(
        _ name: String,
        _ help: String,
        _ labels: [String],
        buckets: [Double]? = nil
    ) -> BridgeMetric {
        .init(name, help, .histogram, labels, buckets: buckets)
    }

    private init(
        _ name: String,
        _ help: String,
        _ kind: MetricKind,
        _ labels: [String],
        buckets: [Double]? = nil,
        isOfGroup: Bool = false
    ) {
        description = MetricDescription(
            name: "loops_bridge_" + name,
            help: help,
            kind: kind,
            buckets: buckets,
            labelNames: labels
        )
        self.isOfGroup = isOfGroup
    }
}

extension MetricDescription {
    /// What the exposition says of every metric of the bridge.
    static let bridge: [MetricDescription] = BridgeMetric.all.map(\.description)
}
