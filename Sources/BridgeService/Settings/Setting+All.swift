extension Setting {
    package static let redisURL = Setting(
        key: "redis.url",
        shape: .text,
        fallback: "redis://127.0.0.1:6379",
        help: "Where Redis is: redis://user:password@host:port/db, rediss:// for TLS, unix:///path",
        isSecret: true
    )
    package static let redisQuorum = Setting(
        key: "redis.quorum",
        shape: .choice(["required", "preferred"]),
        fallback: "required",
        help:
            "Whether deliveries stop while no majority of the sentinels, or of the cluster's primaries, confirms the primary; preferred goes on, and order may break in a split network"
    )
    package static let redisServerName = Setting(
        key: "redis.serverName",
        shape: .text,
        fallback: nil,
        help: "The name that Redis' certificates are for, where it differs from the host in redis.url (rediss:// only)"
    )
    package static let loopsAPIKey = Setting(
        key: "loops.apiKey",
        shape: .text,
        fallback: nil,
        help: "The Loops API key of the team",
        isSecret: true
    )
    package static let loopsAPIKeyFile = Setting(
        key: "loops.apiKeyFile",
        shape: .path,
        fallback: nil,
        help: "A file that holds the Loops API key"
    )
    package static let loopsBaseURL = Setting(
        key: "loops.baseURL",
        shape: .text,
        fallback: "https://app.loops.so/api/v1",
        help: "The base address of the Loops API"
    )
    package static let loopsProxy = Setting(
        key: "loops.proxy",
        shape: .text,
        fallback: nil,
        help:
            "The HTTP proxy to Loops: [http:// or https://][user:password@]host[:port], or none for a direct way; HTTPS_PROXY and NO_PROXY decide if not set",
        isSecret: true
    )
    package static let loopsCAFile = Setting(
        key: "loops.caFile",
        shape: .path,
        fallback: nil,
        help: "A PEM file of certificate authorities to trust for Loops and its proxy, in addition to the system's"
    )
    package static let loopsRateLimit = Setting(
        key: "loops.rateLimit",
        shape: .number(0...100_000),
        fallback: nil,
        help: "The most requests a second of all replicas together; what Loops says if not set, 0 for no limit"
    )
    package static let loopsMaxInFlight = Setting(
        key: "loops.maxInFlight",
        shape: .integer(1...1000),
        fallback: "16",
        help: "Requests that may be under way at once"
    )
    package static let loopsRequestTimeout = Setting(
        key: "loops.requestTimeoutSeconds",
        shape: .number(0.1...300),
        fallback: "10",
        help: "Seconds that one request may take"
    )
    package static let loopsLateEffect = Setting(
        key: "loops.lateEffectSeconds",
        shape: .number(0...3600),
        fallback: "30",
        help:
            "Seconds for which Loops may still apply a request that got no answer; the contact's next one waits. 0: no wait"
    )
    package static let loopsTraceparent = Setting(
        key: "loops.traceparent",
        shape: .choice(["on", "off"]),
        fallback: "on",
        help: "Whether an event's W3C trace context goes into logs and along with its requests"
    )
    package static let bridgeStreams = Setting(
        key: "bridge.streams",
        shape: .weightedList,
        fallback: "segment:events",
        help: "The streams to read, with weights"
    )
    package static let bridgeGroup = Setting(
        key: "bridge.group",
        shape: .text,
        fallback: "loops-bridge",
        help: "The consumer group"
    )
    package static let bridgeInstance = Setting(
        key: "bridge.instance",
        shape: .text,
        fallback: nil,
        help: "Names this process; host name and process ID if not set"
    )
    package static let bridgePartitions = Setting(
        key: "bridge.partitions",
        shape: .integer(1...1000),
        fallback: "64",
        help: "Partitions of the group; fixed when the group is made"
    )
    package static let bridgeWindow = Setting(
        key: "bridge.window",
        shape: .integer(1...1_000_000),
        fallback: "10000",
        help: "Entries that may be pending before the rest waits as lag"
    )
    package static let bridgeLease = Setting(
        key: "bridge.leaseSeconds",
        shape: .number(0.5...3600),
        fallback: "15",
        help: "Seconds without a sign of life after which others take over a replica's partitions"
    )
    package static let bridgeHeartbeat = Setting(
        key: "bridge.heartbeatSeconds",
        shape: .number(0.05...600),
        fallback: "2",
        help: "Seconds between a replica's signs of life"
    )
    package static let bridgeContactKeys = Setting(
        key: "bridge.contactKeys",
        shape: .list,
        fallback: "userId,traits.email,properties.email,context.traits.email,anonymousId",
        help: "Whose events are kept in order: the first of these paths that an event has"
    )
    package static let bridgePoisonAfter = Setting(
        key: "bridge.poisonAfter",
        shape: .integer(3...1000),
        fallback: "5",
        help: "Deaths of processes with the same entry in hand before it is dead-lettered"
    )
    package static let bridgeTrimFinished = Setting(
        key: "bridge.trimFinishedAfter",
        shape: .duration,
        fallback: nil,
        help: "How long entries that every group has finished stay in the stream; for ever if not set"
    )
    package static let bridgeMappings = Setting(
        key: "bridge.mappings",
        shape: .path,
        fallback: nil,
        help: "A file of mappings (YAML or JSON); the destination's two presets if not set"
    )
    package static let bridgeCoalesce = Setting(
        key: "bridge.coalesce",
        shape: .choice(["lossless", "latest", "off"]),
        fallback: "lossless",
        help: "Which waiting identifies of a contact become one update: those that differ in nothing, all, or none"
    )
    package static let bridgeIntegrationName = Setting(
        key: "bridge.integrationName",
        shape: .text,
        fallback: "Loops (Actions)",
        help: "The name under which events' integrations switch the destination on and off"
    )
    package static let bridgeEventSizeWarning = Setting(
        key: "bridge.eventSizeWarningBytes",
        shape: .integer(0...500_000),
        fallback: "32768",
        help: "Entries larger than this are counted and warned of; 0 for never"
    )
    package static let bridgeDeadLetterStream = Setting(
        key: "bridge.deadLetterStream",
        shape: .text,
        fallback: nil,
        help: "The dead-letter stream; {stream}:dead under the stream's hash tag if not set"
    )
    package static let bridgeDeadLetterMaxLength = Setting(
        key: "bridge.deadLetterMaxLength",
        shape: .integer(1...100_000_000),
        fallback: "100000",
        help: "Dead letters that are kept, roughly; the oldest go first"
    )
    package static let bridgeRetryFor = Setting(
        key: "bridge.retryFor",
        shape: .duration,
        fallback: "6h",
        help: "How long an event that alone keeps failing is retried while others succeed"
    )
    package static let bridgeGroupStart = Setting(
        key: "bridge.groupStart",
        shape: .choice(["0", "$"]),
        fallback: "0",
        help: "Where a new group begins: 0 the oldest entry, $ only what is new"
    )
    package static let bridgeShutdownGrace = Setting(
        key: "bridge.shutdownGraceSeconds",
        shape: .number(0...3600),
        fallback: "25",
        help: "Seconds that a stop gives to requests under way"
    )
    package static let httpHost = Setting(
        key: "http.host",
        shape: .text,
        fallback: "127.0.0.1",
        help: "The address that the admin endpoints listen on"
    )
    package static let httpPort = Setting(
        key: "http.port",
        shape: .integer(0...65535),
        fallback: "9464",
        help: "The port that the admin endpoints listen on; 0 for any free one"
    )
    package static let httpAllowedHosts = Setting(
        key: "http.allowedHosts",
        shape: .list,
        fallback: nil,
        help:
            "Further host names under which the admin endpoints answer, beside addresses, localhost and this machine's own: bridge,*.example.com; * for any"
    )
    package static let httpControlToken = Setting(
        key: "http.controlToken",
        shape: .text,
        fallback: nil,
        help:
            "The token for POST /control and for what Loops answered in /status.json, 16 characters or more; both are off if not set",
        isSecret: true
    )
    package static let httpControlTokenFile = Setting(
        key: "http.controlTokenFile",
        shape: .path,
        fallback: nil,
        help: "A file that holds the token of the bridge's control"
    )
    package static let logLevel = Setting(
        key: "log.level",
        shape: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
        fallback: "info",
        help: "The least that is logged"
    )
    package static let logFormat = Setting(
        key: "log.format",
        shape: .choice(["text", "json"]),
        fallback: "text",
        help: "Text for people, JSON for machines"
    )

    /// Every setting there is. Help, documentation and the check for unknown keys come from here.
    package static let all: [Setting] = [
        redisURL, redisQuorum, redisServerName, loopsAPIKey, loopsAPIKeyFile, loopsBaseURL, loopsProxy, loopsCAFile,
        loopsRateLimit, loopsMaxInFlight,
        loopsRequestTimeout,
        loopsLateEffect, loopsTraceparent,
        bridgeStreams, bridgeGroup, bridgeInstance, bridgePartitions, bridgeWindow, bridgeLease, bridgeHeartbeat,
        bridgeContactKeys, bridgePoisonAfter, bridgeTrimFinished, bridgeMappings,
        bridgeCoalesce, bridgeIntegrationName, bridgeEventSizeWarning,
        bridgeDeadLetterStream,
        bridgeDeadLetterMaxLength, bridgeRetryFor, bridgeGroupStart, bridgeShutdownGrace, httpHost, httpPort,
        httpAllowedHosts, httpControlToken, httpControlTokenFile, logLevel,
        logFormat,
    ]
}
