import PrometheusMetrics

/// What waits, and who owns it.
extension BridgeMetric {
    package static let streamLength = groupGauge("stream_length", "Entries in the stream.", [.stream])
    package static let groupLag = groupGauge(
        "group_lag",
        "Entries not routed yet; absent when Redis does not know.",
        [.stream]
    )
    package static let groupLagKnown = groupGauge("group_lag_known", "Whether Redis knows the lag.", [.stream])
    package static let groupPending = groupGauge("group_pending", "Entries routed and not acknowledged.", [.stream])
    package static let oldestUnackedAge = groupGauge(
        "oldest_unacked_age_seconds",
        "Age of the oldest pending entry.",
        [.stream]
    )
    package static let trimHeadroomEntries = groupGauge(
        "trim_headroom_entries",
        "Finished entries still in the stream: what the producer may trim without a loss.",
        [.stream]
    )
    package static let trimHeadroomSeconds = groupGauge(
        "trim_headroom_seconds",
        "Time until the producer's trimming reaches entries that are not delivered; absent when it does not.",
        [.stream]
    )
    package static let backlogCatchUp = groupGauge(
        "backlog_catch_up_seconds",
        "Time until nothing waits, at the group's pace of the last half minute; absent when unknown, and while nothing moves.",
        [.stream]
    )
    package static let contactsInBackoff = gauge("contacts_in_backoff", "Contacts that wait for a retry.", [])
    package static let contactsSettling = gauge(
        "contacts_settling",
        "Contacts that wait since Loops may still apply a request that was given up.",
        []
    )
    package static let contactBackoffMax = gauge(
        "contact_backoff_max_seconds",
        "How long the contact that waits longest for its retry has done so; 0 when none waits.",
        []
    )
    package static let entriesBuffered = gauge("entries_buffered", "Entries in this process's memory.", [])
    package static let eventAge = histogram(
        "event_age_seconds",
        "Age of an event when it was delivered, by its own timestamp.",
        [],
        buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400]
    )

    static let backlog = [
        streamLength, groupLag, groupLagKnown, groupPending, oldestUnackedAge, trimHeadroomEntries, trimHeadroomSeconds,
        backlogCatchUp, contactsInBackoff, contactsSettling, contactBackoffMax, entriesBuffered, eventAge,
    ]

    package static let partitionsAssigned = gauge(
        "partitions_assigned",
        "Partitions that this replica owns.",
        [.stream]
    )
    package static let partitionsUnassigned = groupGauge(
        "partitions_unassigned",
        "Partitions that no replica owns; absent before the first heartbeat.",
        [.stream]
    )
    package static let groupMembers = groupGauge(
        "group_members",
        "Replicas of the group, as this one sees them.",
        [.stream]
    )
    package static let leaseEpoch = gauge(
        "lease_epoch",
        "The highest epoch of the partitions that this replica owns.",
        [.stream]
    )
    package static let partitionTakeovers = counter(
        "partition_takeovers_total",
        "Partitions that this replica took over, by where they came from.",
        [.stream, .cause]
    )
    package static let partitionTakeoverDuration = histogram(
        "partition_takeover_duration_seconds",
        "How long partitions that this replica took over had had nobody, by what it saw.",
        [.stream],
        buckets: [0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 300]
    )
    package static let orderViolations = counter(
        "order_violations_total",
        "Entries that ended after a later one of their contact. Must stay 0.",
        [.stream]
    )
    package static let requestsSentLate = counter(
        "requests_sent_late_total",
        "Requests that left after the lease that allowed them: the process was stopped while it wrote.",
        [.stream]
    )
    package static let leaseRenewFailures = counter("lease_renew_failures_total", "Heartbeats that failed.", [.stream])
    package static let fencingRejections = counter(
        "fencing_rejections_total",
        "Calls that Redis refused since another replica owns the partition.",
        [.stream, .operation]
    )

    static let ownership = [
        partitionsAssigned, partitionsUnassigned, groupMembers, leaseEpoch, partitionTakeovers,
        partitionTakeoverDuration, orderViolations, requestsSentLate, leaseRenewFailures, fencingRejections,
    ]
}
