import PrometheusMetrics

/// What went wrong, and how the process does.
extension BridgeMetric {
    package static let retries = counter("retries_total", "Requests that are sent again, by reason.", [.reason])
    package static let deadLetters = counter(
        "dead_letters_total",
        "Entries moved to the dead-letter stream, by reason.",
        [.reason]
    )
    package static let deadLettersEvicted = counter(
        "dead_letters_evicted_total",
        "Dead letters that newer ones pushed out of the dead-letter stream: lost.",
        [.stream]
    )
    package static let dlqLength = groupGauge("dlq_length", "Entries in the dead-letter stream.", [.stream])
    package static let dlqOldestAge = groupGauge(
        "dlq_oldest_age_seconds",
        "Time since the oldest dead letter was written; 0 without one.",
        [.stream]
    )
    package static let circuitBreakerState = gauge(
        "circuit_breaker_state",
        "0 closed, 1 open or probing: Loops does not answer.",
        []
    )
    package static let apiKeyAccepted = gauge("api_key_accepted", "1 while Loops takes the API key.", [])
    package static let entriesLost = counter(
        "entries_lost_total",
        "Entries trimmed by the producer before they were delivered: lost.",
        [.stream]
    )
    package static let pendingVanished = counter(
        "pending_vanished_total",
        "Pending entries that were taken out of the group by another program and are routed again.",
        [.stream]
    )
    package static let receiptsLost = counter(
        "receipts_lost_total",
        "Receipts that could not be written; their entries are acknowledged.",
        [.stream]
    )
    package static let groupRecreations = counter(
        "group_recreations_total",
        "How often the consumer group was gone and made again.",
        [.stream]
    )

    static let failures = [
        retries, deadLetters, deadLettersEvicted, dlqLength, dlqOldestAge, circuitBreakerState, apiKeyAccepted,
        entriesLost, pendingVanished, receiptsLost, groupRecreations,
    ]

    package static let streamPaused = groupGauge(
        "stream_paused",
        "1 while a person or the brake has paused the stream; absent before the first heartbeat.",
        [.stream]
    )
    package static let brakes = counter(
        "brakes_total",
        "Stops of a stream by this replica since its changed mappings made dead letters.",
        [.stream]
    )
    package static let replicaDrained = gauge(
        "replica_drained",
        "1 while this replica is drained by a person: it is up and starts nothing.",
        []
    )
    package static let redisUp = gauge("redis_up", "1 while there is a connection to Redis.", [])
    package static let redisReconnects = counter(
        "redis_reconnects_total",
        "Connections to Redis that were made again.",
        []
    )
    package static let adminConnectionsDropped = counter(
        "admin_connections_dropped_total",
        "Connections of the admin port that were closed, by cause.",
        [.cause]
    )
    package static let configReloads = counter(
        "config_reloads_total",
        "Loads of the mappings file while running, by result.",
        [.result]
    )
    package static let configReloadOk = gauge(
        "config_reload_ok",
        "0 from a mappings file that was refused until one is accepted, else 1.",
        []
    )
    package static let redisCommandDuration = histogram(
        "redis_command_duration_seconds",
        "Time that calls of Redis took, waiting for the connection included, failed ones as well.",
        [.command],
        // Redis answers within a fraction of a millisecond.
        buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5]
    )
    package static let shutdownPhase = gauge(
        "shutdown_phase",
        "0 running, 1 ending requests, 2 acknowledging, 3 giving the leases back.",
        []
    )
    package static let configInfo = gauge(
        "config_info",
        "1, with a hash of settings and mappings that should be the same on all replicas.",
        [.hash]
    )
    package static let buildInfo = gauge(
        "build_info",
        "1, with the version and the commit that it was built from.",
        [.version, .revision]
    )

    static let others = [
        streamPaused, brakes, replicaDrained, redisUp, redisReconnects, adminConnectionsDropped, configReloads,
        configReloadOk, redisCommandDuration, shutdownPhase, configInfo, buildInfo,
    ]
}
