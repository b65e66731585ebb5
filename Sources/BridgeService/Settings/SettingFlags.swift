import ArgumentParser

// Made by `make reference` from the catalogue of settings; a test fails when it is stale. Do not edit.

/// Every setting that may be typed, as a flag.
struct SettingFlags: ParsableArguments {
    @Option(.named("redis.url")) var redisUrl: String?
    @Option(.named("redis.quorum")) var redisQuorum: String?
    @Option(.named("redis.serverName")) var redisServerName: String?
    @Option(.named("loops.apiKeyFile")) var loopsApiKeyFile: String?
    @Option(.named("loops.baseURL")) var loopsBaseUrl: String?
    @Option(.named("loops.caFile")) var loopsCaFile: String?
    @Option(.named("loops.rateLimit")) var loopsRateLimit: String?
    @Option(.named("loops.maxInFlight")) var loopsMaxInFlight: String?
    @Option(.named("loops.requestTimeoutSeconds")) var loopsRequestTimeoutSeconds: String?
    @Option(.named("loops.lateEffectSeconds")) var loopsLateEffectSeconds: String?
    @Option(.named("loops.checkAccount")) var loopsCheckAccount: String?
    @Option(.named("loops.traceContext")) var loopsTraceContext: String?
    @Option(.named("bridge.streams")) var bridgeStreams: String?
    @Option(.named("bridge.group")) var bridgeGroup: String?
    @Option(.named("bridge.instance")) var bridgeInstance: String?
    @Option(.named("bridge.partitions")) var bridgePartitions: String?
    @Option(.named("bridge.maxPending")) var bridgeMaxPending: String?
    @Option(.named("bridge.leaseSeconds")) var bridgeLeaseSeconds: String?
    @Option(.named("bridge.heartbeatSeconds")) var bridgeHeartbeatSeconds: String?
    @Option(.named("bridge.groupStart")) var bridgeGroupStart: String?
    @Option(.named("bridge.trimFinishedAfter")) var bridgeTrimFinishedAfter: String?
    @Option(.named("bridge.shutdownGraceSeconds")) var bridgeShutdownGraceSeconds: String?
    @Option(.named("bridge.brake")) var bridgeBrake: String?
    @Option(.named("bridge.journal")) var bridgeJournal: String?
    @Option(.named("bridge.journalStream")) var bridgeJournalStream: String?
    @Option(.named("bridge.mappings")) var bridgeMappings: String?
    @Option(.named("bridge.contactKeys")) var bridgeContactKeys: String?
    @Option(.named("bridge.coalescing")) var bridgeCoalescing: String?
    @Option(.named("bridge.integrationName")) var bridgeIntegrationName: String?
    @Option(.named("bridge.eventSizeWarningBytes")) var bridgeEventSizeWarningBytes: String?
    @Option(.named("bridge.retryFor")) var bridgeRetryFor: String?
    @Option(.named("bridge.maxCrashes")) var bridgeMaxCrashes: String?
    @Option(.named("bridge.deadLetterStream")) var bridgeDeadLetterStream: String?
    @Option(.named("bridge.deadLetterMaxLength")) var bridgeDeadLetterMaxLength: String?
    @Option(.named("ingest.host")) var ingestHost: String?
    @Option(.named("ingest.port")) var ingestPort: String?
    @Option(.named("ingest.keys")) var ingestKeys: String?
    @Option(.named("ingest.stream")) var ingestStream: String?
    @Option(.named("ingest.shards")) var ingestShards: String?
    @Option(.named("ingest.maxLength")) var ingestMaxLength: String?
    @Option(.named("ingest.waitReplicas")) var ingestWaitReplicas: String?
    @Option(.named("ingest.drop")) var ingestDrop: String?
    @Option(.named("ingest.maxBodyBytes")) var ingestMaxBodyBytes: String?
    @Option(.named("ingest.maxConnections")) var ingestMaxConnections: String?
    @Option(.named("ingest.maxConnectionsPerAddress")) var ingestMaxConnectionsPerAddress: String?
    @Option(.named("ingest.trustedProxies")) var ingestTrustedProxies: String?
    @Option(.named("ingest.storeAddress")) var ingestStoreAddress: String?
    @Option(.named("ingest.pixel")) var ingestPixel: String?
    @Option(.named("ingest.apiHost")) var ingestApiHost: String?
    @Option(.named("ingest.tlsCertificate")) var ingestTlsCertificate: String?
    @Option(.named("ingest.tlsKey")) var ingestTlsKey: String?
    @Option(.named("ingest.loopsWebhookSecretFile")) var ingestLoopsWebhookSecretFile: String?
    @Option(.named("ingest.loopsWebhookStream")) var ingestLoopsWebhookStream: String?
    @Option(.named("http.host")) var httpHost: String?
    @Option(.named("http.port")) var httpPort: String?
    @Option(.named("http.allowedHosts")) var httpAllowedHosts: String?
    @Option(.named("http.publicURL")) var httpPublicUrl: String?
    @Option(.named("http.controlTokenFile")) var httpControlTokenFile: String?
    @Option(.named("http.viewTokenFile")) var httpViewTokenFile: String?
    @Option(.named("log.level")) var logLevel: String?
    @Option(.named("log.format")) var logFormat: String?

    /// What was typed, by key.
    var values: [String: String] {
        let typed: [String: String?] = [
            "redis.url": redisUrl,
            "redis.quorum": redisQuorum,
            "redis.serverName": redisServerName,
            "loops.apiKeyFile": loopsApiKeyFile,
            "loops.baseURL": loopsBaseUrl,
            "loops.caFile": loopsCaFile,
            "loops.rateLimit": loopsRateLimit,
            "loops.maxInFlight": loopsMaxInFlight,
            "loops.requestTimeoutSeconds": loopsRequestTimeoutSeconds,
            "loops.lateEffectSeconds": loopsLateEffectSeconds,
            "loops.checkAccount": loopsCheckAccount,
            "loops.traceContext": loopsTraceContext,
            "bridge.streams": bridgeStreams,
            "bridge.group": bridgeGroup,
            "bridge.instance": bridgeInstance,
            "bridge.partitions": bridgePartitions,
            "bridge.maxPending": bridgeMaxPending,
            "bridge.leaseSeconds": bridgeLeaseSeconds,
            "bridge.heartbeatSeconds": bridgeHeartbeatSeconds,
            "bridge.groupStart": bridgeGroupStart,
            "bridge.trimFinishedAfter": bridgeTrimFinishedAfter,
            "bridge.shutdownGraceSeconds": bridgeShutdownGraceSeconds,
            "bridge.brake": bridgeBrake,
            "bridge.journal": bridgeJournal,
            "bridge.journalStream": bridgeJournalStream,
            "bridge.mappings": bridgeMappings,
            "bridge.contactKeys": bridgeContactKeys,
            "bridge.coalescing": bridgeCoalescing,
            "bridge.integrationName": bridgeIntegrationName,
            "bridge.eventSizeWarningBytes": bridgeEventSizeWarningBytes,
            "bridge.retryFor": bridgeRetryFor,
            "bridge.maxCrashes": bridgeMaxCrashes,
            "bridge.deadLetterStream": bridgeDeadLetterStream,
            "bridge.deadLetterMaxLength": bridgeDeadLetterMaxLength,
            "ingest.host": ingestHost,
            "ingest.port": ingestPort,
            "ingest.keys": ingestKeys,
            "ingest.stream": ingestStream,
            "ingest.shards": ingestShards,
            "ingest.maxLength": ingestMaxLength,
            "ingest.waitReplicas": ingestWaitReplicas,
            "ingest.drop": ingestDrop,
            "ingest.maxBodyBytes": ingestMaxBodyBytes,
            "ingest.maxConnections": ingestMaxConnections,
            "ingest.maxConnectionsPerAddress": ingestMaxConnectionsPerAddress,
            "ingest.trustedProxies": ingestTrustedProxies,
            "ingest.storeAddress": ingestStoreAddress,
            "ingest.pixel": ingestPixel,
            "ingest.apiHost": ingestApiHost,
            "ingest.tlsCertificate": ingestTlsCertificate,
            "ingest.tlsKey": ingestTlsKey,
            "ingest.loopsWebhookSecretFile": ingestLoopsWebhookSecretFile,
            "ingest.loopsWebhookStream": ingestLoopsWebhookStream,
            "http.host": httpHost,
            "http.port": httpPort,
            "http.allowedHosts": httpAllowedHosts,
            "http.publicURL": httpPublicUrl,
            "http.controlTokenFile": httpControlTokenFile,
            "http.viewTokenFile": httpViewTokenFile,
            "log.level": logLevel,
            "log.format": logFormat,
        ]
        return typed.compactMapValues(\.self)
    }
}
