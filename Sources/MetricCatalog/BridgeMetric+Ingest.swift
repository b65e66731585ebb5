package import PrometheusMetrics

/// The intake, which is a process of its own.
extension BridgeMetric {
    package static let ingestRequests = counter(
        "ingest_requests_total",
        "Requests by path, status and the name of the write key; none where there is no known key.",
        [.path, .status, .key]
    )
    package static let ingestRefusals = counter(
        "ingest_refusals_total",
        "Requests that were refused, by the code of the answer.",
        [.code]
    )
    package static let ingestEventsAccepted = counter(
        "ingest_events_accepted_total",
        "Events added to a stream.",
        [.key]
    )
    package static let ingestEventsDuplicate = counter(
        "ingest_events_duplicate_total",
        "Events that were in a stream already: a library had sent them again.",
        [.key]
    )
    package static let ingestEventsDropped = counter(
        "ingest_events_dropped_total",
        "Events of accepted requests that were dropped, by reason.",
        [.key, .reason]
    )
    package static let ingestSdkEvents = counter(
        "ingest_sdk_events_total",
        "Events that came, by the library that sent them; other for unknown ones.",
        [.sdk]
    )
    package static let ingestRetries = counter(
        "ingest_retries_total",
        "Requests that a library says it had sent before.",
        []
    )
    package static let ingestBodyBytes = counter(
        "ingest_body_bytes_total",
        "Bytes of requests' bodies, as they came.",
        []
    )
    package static let ingestRequestDuration = histogram(
        "ingest_request_duration_seconds",
        "Time from a request's whole body to its answer.",
        [],
        buckets: MetricDescription.defaultBuckets
    )
    package static let ingestHold = histogram(
        "ingest_hold_seconds",
        "Time that requests waited until their events were added, or they were refused.",
        [.stream],
        buckets: MetricDescription.defaultBuckets
    )
    package static let ingestScriptDuration = histogram(
        "ingest_script_duration_seconds",
        "Time that calls of Redis took that add events, failed ones as well.",
        [.stream],
        buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5]
    )
    package static let ingestScriptFailures = counter(
        "ingest_script_failures_total",
        "Calls of Redis that added nothing, by reason.",
        [.stream, .reason]
    )
    package static let ingestHeldRequests = gauge(
        "ingest_held_requests",
        "Parts of requests that wait to be added.",
        [.stream]
    )
    package static let ingestOldestHeld = gauge(
        "ingest_oldest_held_seconds",
        "How long the oldest of them has waited; 0 when none waits.",
        [.stream]
    )
    package static let ingestOutage = gauge(
        "ingest_outage_seconds",
        "For how long nothing could be added; 0 while events can be added.",
        [.stream]
    )
    package static let ingestStreamLength = gauge(
        "ingest_stream_length",
        "Entries of the stream after the last call.",
        [.stream]
    )
    package static let ingestConnections = gauge("ingest_connections", "Open connections.", [])
    package static let ingestConnectionsDropped = counter(
        "ingest_connections_dropped_total",
        "Connections that the intake closed, by cause.",
        [.cause]
    )
    package static let ingestReloads = counter(
        "ingest_reloads_total",
        "Loads of write keys and certificate while running, by result.",
        [.result]
    )
    package static let ingestReloadOk = gauge(
        "ingest_reload_ok",
        "0 from write keys that were refused until some are accepted, else 1.",
        []
    )

    /// Every metric of the intake.
    package static let ingest = [
        ingestRequests, ingestRefusals, ingestEventsAccepted, ingestEventsDuplicate, ingestEventsDropped,
        ingestSdkEvents, ingestRetries, ingestBodyBytes, ingestRequestDuration, ingestHold, ingestScriptDuration,
        ingestScriptFailures, ingestHeldRequests, ingestOldestHeld, ingestOutage, ingestStreamLength, ingestConnections,
        ingestConnectionsDropped, ingestReloads, ingestReloadOk,
    ]
}

extension MetricDescription {
    /// What the exposition says of every metric of the intake.
    package static let ingest: [MetricDescription] =
        (BridgeMetric.ingest + [.adminConnectionsDropped, .buildInfo]).map(\.description)
}
