import Bridge
import Loops

// A setting stands here and nowhere else: key, kind, where it goes, help. The flags of SettingFlags.swift, the reference and the manual page are
// made from it by `make reference`; its default is the initial value of the property that it goes to.
extension Setting {
    /// Every setting there is.
    package static let all: [Setting] = redis + loops + bridge + contacts + deadLetters + ingest + http + log

    private static let redis: [Setting] = [
        Setting(
            "redis.url",
            .text,
            \.redisURL,
            "Address of Redis: redis://user:password@host:port/db, rediss:// for TLS, unix:///path",
            isSecret: true,
            // For addresses without a password.
            isFlag: true
        ),
        Setting(
            "redis.quorum",
            .choice([.required, .preferred]),
            \.bridge.quorum,
            "Whether deliveries stop while no majority of the sentinels, or of the cluster's primaries, confirms the primary; with preferred they continue, and order may break in a split network"
        ),
        Setting(
            "redis.serverName",
            .optionalText,
            \.redisServerName,
            "The name that Redis' certificates are for, where it differs from the host in redis.url (rediss:// only)"
        ),
    ]

    private static let loops: [Setting] = [
        Setting("loops.apiKey", .optionalText, \.loopsAPIKey, "The Loops API key of the team", isSecret: true),
        Setting(
            "loops.apiKeyFile",
            .path,
            \.loopsAPIKeyFile,
            "A file that holds the Loops API key",
            isShared: false
        ),
        Setting("loops.baseURL", .text, \.bridge.loops.baseURL, "Base address of the Loops API"),
        Setting(
            "loops.proxy",
            .optionalText,
            \.loopsProxy,
            "HTTP proxy to Loops: [http:// or https://][user:password@]host[:port], or none for a direct way; unset: HTTPS_PROXY and NO_PROXY decide",
            isSecret: true
        ),
        Setting(
            "loops.caFile",
            .path,
            \.loopsCAFile,
            "A PEM file of certificate authorities to trust for Loops and its proxy, in addition to the system's",
            isShared: false
        ),
        Setting(
            "loops.rateLimit",
            .optionalNumber(0...100_000),
            \.bridge.rateLimit,
            "Maximum requests per second across all replicas; unset: the limit that Loops reports, 0: no limit"
        ),
        Setting(
            "loops.maxInFlight",
            .integer(1...1000),
            \.bridge.loops.maxInFlight,
            "Maximum requests in flight at once"
        ),
        Setting(
            "loops.requestTimeoutSeconds",
            .seconds(0.1...300),
            \.bridge.loops.requestTimeout,
            "Seconds that one request may take"
        ),
        Setting(
            "loops.lateEffectSeconds",
            .seconds(0...3600),
            \.bridge.lateEffect,
            "Seconds during which Loops may still apply a request that got no answer; the contact's next request waits. 0: no wait"
        ),
        Setting(
            "loops.checkAccount",
            .onOff,
            \.bridge.checksAccount,
            "Asks Loops which contact properties and mailing lists the team has, to report those that mappings use and Loops lacks"
        ),
        Setting(
            "loops.traceContext",
            .onOff,
            \.bridge.propagatesTraceContext,
            "Whether an event's W3C trace context is logged and sent with its requests"
        ),
    ]

    private static let bridge: [Setting] = [
        Setting(
            "bridge.streams",
            .streams,
            \.bridge.streams,
            "Streams to read, with weights; NAME:{0..3} stands for NAME:{0} to NAME:{3}"
        ),
        Setting("bridge.group", .text, \.bridge.group, "Name of the consumer group"),
        Setting(
            "bridge.instance",
            .optionalText,
            \.instance,
            "Name of this replica; unset: host name and process ID",
            isShared: false
        ),
        Setting(
            "bridge.partitions",
            .integer(1...1000),
            \.bridge.partitions,
            "Partitions of the group; fixed when the group is created"
        ),
        Setting(
            "bridge.maxPending",
            .integer(1...1_000_000),
            \.bridge.maxPending,
            "Maximum entries pending in the group; the rest waits as lag"
        ),
        Setting(
            "bridge.leaseSeconds",
            .seconds(0.5...3600),
            \.bridge.lease,
            "Seconds without a heartbeat after which other replicas take over a replica's partitions"
        ),
        Setting(
            "bridge.heartbeatSeconds",
            .seconds(0.05...600),
            \.bridge.heartbeat,
            "Seconds between a replica's heartbeats"
        ),
        Setting(
            "bridge.groupStart",
            .oneOf(["0", "$"]),
            \.bridge.groupStart,
            "Where a new group begins: 0 at the oldest entry, $ at what is added from then on"
        ),
        Setting(
            "bridge.trimFinishedAfter",
            .optionalDuration,
            \.bridge.trimFinishedAfter,
            "Time after which entries that every group has finished leave the stream; unset: never"
        ),
        Setting(
            "bridge.shutdownGraceSeconds",
            .seconds(0...3600),
            \.bridge.shutdownGrace,
            "Seconds that a shutdown gives to requests in flight"
        ),
        Setting(
            "bridge.brake",
            .onOff,
            \.bridge.brakes,
            "Pauses a stream when changed mappings turn its events into dead letters: over 20 % of at least 20, and five times as many as before"
        ),
        Setting(
            "bridge.journal",
            .integer(0...100_000),
            \.bridge.journalEntries,
            "Completed entries that a replica remembers for tail, why and the page, of 2 KB each on average; 0: no journal",
            isShared: false
        ),
        Setting(
            "bridge.journalStream",
            .integer(0...100_000_000),
            \.bridge.receiptsMax,
            "Receipts that the stream {STREAM}:receipts keeps, one for each completed entry, written as the entry is acknowledged; 0: none"
        ),
    ]

    private static let contacts: [Setting] = [
        Setting(
            "bridge.mappings",
            .path,
            \.mappingsPath,
            "A file of mappings (YAML or JSON); unset: the destination's two presets",
            isShared: false
        ),
        Setting(
            "bridge.contactKeys",
            .list,
            \.bridge.contactPaths,
            "Paths of the contact key, by which events are kept in order: the first one that an event has"
        ),
        Setting(
            "bridge.coalescing",
            .choice([.lossless, .latest, .off]),
            \.bridge.coalescing,
            "Which waiting identify events of a contact become one update: those that contradict each other in nothing, all, or none"
        ),
        Setting(
            "bridge.integrationName",
            .text,
            \.bridge.integrationName,
            "Name under which the integrations object of an event switches the destination on and off"
        ),
        Setting(
            "bridge.eventSizeWarningBytes",
            .integer(0...500_000),
            \.bridge.eventSizeWarningBytes,
            "Size above which entries are counted and a warning is logged; 0: never"
        ),
    ]

    private static let deadLetters: [Setting] = [
        Setting(
            "bridge.retryFor",
            .duration,
            \.bridge.retry.retryFor,
            "Time for which an event is retried that keeps failing while others succeed"
        ),
        Setting(
            "bridge.maxCrashes",
            .integer(3...1000),
            \.bridge.maxCrashes,
            "Crashes of processes with the same entry in hand before that entry becomes a dead letter"
        ),
        Setting(
            "bridge.deadLetterStream",
            .optionalText,
            \.bridge.deadLetterStream,
            "The dead-letter stream; unset: {stream}:dead, under the stream's hash tag"
        ),
        Setting(
            "bridge.deadLetterMaxLength",
            .integer(1...100_000_000),
            \.bridge.deadLetterMaxLength,
            "Approximate maximum of dead letters; the oldest are evicted first"
        ),
    ]

    private static let http: [Setting] = [
        Setting("http.host", .text, \.httpHost, "Address that the admin endpoints listen on", isShared: false),
        Setting(
            "http.port",
            .integer(0...65535),
            \.httpPort,
            "Port that the admin endpoints listen on; 0: any free one",
            isShared: false
        ),
        Setting(
            "http.allowedHosts",
            .list,
            \.httpAllowedHosts,
            "Further host names under which the admin endpoints answer, beside addresses, localhost and this machine's own: bridge,*.example.com; * for any",
            isShared: false
        ),
        Setting(
            "http.publicURL",
            .optionalText,
            \.httpPublicURL,
            "Where people find this replica's page, for the links on the pages of the others: https://ops.example.com/bridge-1/; unset: no link",
            isShared: false
        ),
        Setting(
            "http.controlToken",
            .optionalText,
            \.controlToken,
            "Token for POST /control and for the texts from Loops in /status.json, 16 characters or more; unset: both are off",
            isSecret: true
        ),
        Setting(
            "http.controlTokenFile",
            .path,
            \.controlTokenFile,
            "A file that holds the control token",
            isShared: false
        ),
        Setting(
            "http.viewToken",
            .optionalText,
            \.viewToken,
            "Token that shows what events hold and what was sent of them, and changes nothing, 16 characters or more; unset: off",
            isSecret: true
        ),
        Setting(
            "http.viewTokenFile",
            .path,
            \.viewTokenFile,
            "A file that holds the view token",
            isShared: false
        ),
    ]

    private static let log: [Setting] = [
        Setting("log.level", .choice(), \.log.level, "Lowest level that is logged", isShared: false),
        Setting(
            "log.format",
            .choice([.text, .json]),
            \.log.format,
            "Form of the log: text for people, JSON for machines",
            isShared: false
        ),
    ]
}

// Those that code asks for by name.
extension Setting {
    package static let redisURL = named("redis.url")
    package static let redisServerName = named("redis.serverName")
    package static let loopsAPIKey = named("loops.apiKey")
    package static let loopsAPIKeyFile = named("loops.apiKeyFile")
    package static let loopsBaseURL = named("loops.baseURL")
    package static let loopsProxy = named("loops.proxy")
    package static let loopsCAFile = named("loops.caFile")
    package static let loopsRateLimit = named("loops.rateLimit")
    package static let loopsLateEffect = named("loops.lateEffectSeconds")
    package static let bridgeStreams = named("bridge.streams")
    package static let bridgeGroup = named("bridge.group")
    package static let bridgeDeadLetterStream = named("bridge.deadLetterStream")
    package static let bridgeMappings = named("bridge.mappings")
    package static let bridgeShutdownGrace = named("bridge.shutdownGraceSeconds")
    package static let ingestKeys = named("ingest.keys")
    package static let ingestPort = named("ingest.port")
    package static let httpPort = named("http.port")
    package static let httpAllowedHosts = named("http.allowedHosts")
    package static let httpPublicURL = named("http.publicURL")
    package static let httpControlToken = named("http.controlToken")
    package static let httpControlTokenFile = named("http.controlTokenFile")
    package static let httpViewToken = named("http.viewToken")
    package static let httpViewTokenFile = named("http.viewTokenFile")
    package static let logLevel = named("log.level")

    /// - Precondition: the catalogue has it. The names above and the generated flags are all that ask.
    static func named(_ key: String) -> Setting {
        guard let setting = all.first(where: { $0.key == key }) else { preconditionFailure("\(key) is no setting") }
        return setting
    }
}
