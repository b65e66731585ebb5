import PrometheusMetrics

/// Events on their way, and what became of them.
extension BridgeMetric {
    package static let entriesRead = counter("entries_read_total", "Entries taken from the stream.", [.stream])
    package static let entriesCompleted = counter(
        "entries_completed_total",
        "Entries that came to their end, by outcome, confirmed by Redis.",
        [.stream, .outcome]
    )
    package static let acks = counter("acks_total", "Entries acknowledged.", [.stream])
    package static let eventsCoalesced = counter(
        "events_coalesced_total",
        "Entries that shared the request of another one.",
        [.kind]
    )
    package static let eventsMapped = counter(
        "events_mapped_total",
        "Events by what the mappings made of them when they were planned: mapped, filtered, failed.",
        [.type, .outcome]
    )
    package static let eventsUnrecognized = counter(
        "events_unrecognized_total",
        "Events that are none of Segment's, ignored or dead-lettered, by what they look like.",
        [.looksLike]
    )
    package static let eventsOdd = counter(
        "events_odd_total",
        "Events that were not taken as they are written: type_spelling, placeholder_user_id, unreadable_time.",
        [.what]
    )
    package static let eventsFiltered = counter(
        "events_filtered_total",
        "Events of which nothing is sent, as intended, by reason.",
        [.reason]
    )
    package static let duplicates = counter(
        "duplicates_total",
        "Deliveries that had been made before, by what detected it: loops (409 on our own key).",
        [.detectedBy]
    )
    package static let requestsExpired = counter(
        "requests_expired_total",
        "Requests left out since the event was older than its mapping's maxAge.",
        []
    )
    package static let redeliveries = counter(
        "redeliveries_total",
        "Entries that were pending from before, by cause.",
        [.stream, .cause]
    )
    package static let oversizedEntries = counter(
        "oversized_entries_total",
        "Entries larger than Segment would take.",
        [.stream]
    )
    package static let mappingAdjustments = counter(
        "mapping_adjustments_total",
        "What the mappings' options changed so that Loops takes it.",
        [.stream, .kind]
    )
    package static let deliveries = counter(
        "deliveries_total",
        "Requests to Loops by what came of them.",
        [.operation, .outcome]
    )
    package static let mappingEvents = counter(
        "mapping_events_total",
        "Events by the mapping that took them and what became of them: delivered, deleted (a contact at Loops), expired, dead_lettered.",
        [.mapping, .outcome]
    )
    package static let mappingRequestDuration = histogram(
        "mapping_request_duration_seconds",
        "Time from a request's start to its answer, by mapping.",
        [.mapping],
        buckets: MetricDescription.defaultBuckets + [15, 30, 60]
    )

    static let flow = [
        entriesRead, entriesCompleted, acks, eventsCoalesced, eventsMapped, eventsUnrecognized, eventsOdd,
        eventsFiltered, duplicates, requestsExpired, redeliveries, oversizedEntries, mappingAdjustments, deliveries,
        mappingEvents, mappingRequestDuration,
    ]
}
