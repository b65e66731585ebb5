import Ingest

// The settings of the intake over HTTP: a part of the catalogue.
extension Setting {
    static let ingest: [Setting] = [
        Setting(
            "ingest.host",
            .text,
            \.ingest.host,
            "Address that the intake listens on",
            isShared: false
        ),
        Setting(
            "ingest.port",
            .integer(0...65535),
            \.ingest.port,
            "Port that the intake listens on; 0: any free one",
            isShared: false
        ),
        Setting(
            "ingest.keys",
            .path,
            \.ingest.keys,
            "A file of write keys (YAML or JSON), loaded again when it changes and at SIGHUP",
            isShared: false
        ),
        Setting(
            "ingest.stream",
            .text,
            \.ingest.stream,
            "Stream for the events of keys that name none",
            isShared: false
        ),
        Setting(
            "ingest.shards",
            .integer(1...IngestShards.countMax),
            \.ingest.shards,
            "Streams that each stream is spread over, by contact: NAME:{0}, NAME:{1} and so on; 1: the stream itself",
            isShared: false
        ),
        Setting(
            "ingest.maxLength",
            .integer(0...1_000_000_000),
            \.ingest.maxLength,
            "Entries of a stream above which the intake accepts no events; 0: no limit",
            isShared: false
        ),
        Setting(
            "ingest.waitReplicas",
            .integer(0...100),
            \.ingest.waitReplicas,
            "Replicas of Redis that must have events before a request is answered",
            isShared: false
        ),
        Setting(
            "ingest.drop",
            .words,
            \.ingest.drop,
            "Events that are counted and dropped: page, screen, group, alias, anonymous (no ID but anonymousId), unmapped (no mapping matches)",
            isShared: false
        ),
        Setting(
            "ingest.maxBodyBytes",
            .integer(1024...16 << 20),
            \.ingest.maxBodyBytes,
            "Maximum bytes of a request's body, before and after decompression; RudderStack's libraries send up to 4 MB",
            isShared: false
        ),
        Setting(
            "ingest.maxConnections",
            .integer(1...50_000),
            \.ingest.maxConnections,
            "Maximum open connections of the intake; above it, the one that has been idle longest is closed",
            isShared: false
        ),
        Setting(
            "ingest.maxConnectionsPerAddress",
            .integer(0...50_000),
            \.ingest.maxConnectionsPerAddress,
            "Maximum open connections of one address, trusted proxies excepted; 0: no limit",
            isShared: false
        ),
        Setting(
            "ingest.trustedProxies",
            .addressRanges,
            \.ingest.trustedProxies,
            "Addresses and ranges (10.0.0.0/8) of proxies whose X-Forwarded-For is believed",
            isShared: false
        ),
        Setting(
            "ingest.storeAddress",
            .onOff,
            \.ingest.storesAddress,
            "Whether the IPv4 address of a device is stored in its events as context.ip",
            isShared: false
        ),
        Setting(
            "ingest.pixel",
            .onOff,
            \.ingest.acceptsPixels,
            "Whether /v1/pixel takes events from images",
            isShared: false
        ),
        Setting(
            "ingest.apiHost",
            .optionalText,
            \.ingest.apiHost,
            "Host and path that devices are told to send to, as events.example.com/v1; unset: the host of their request",
            isShared: false
        ),
        Setting(
            "ingest.tlsCertificate",
            .path,
            \.ingest.tlsCertificate,
            "A PEM file of the intake's certificate and its chain; unset: plain HTTP, for a proxy in front",
            isShared: false
        ),
        Setting(
            "ingest.tlsKey",
            .path,
            \.ingest.tlsKey,
            "A PEM file of the certificate's key",
            isShared: false
        ),
        Setting(
            "ingest.loopsWebhookSecret",
            .optionalText,
            \.ingest.loopsWebhookSecret,
            "Signing secret of Loops' webhooks (whsec_…), or several joined by commas while one replaces another; unset: no webhooks",
            isSecret: true
        ),
        Setting(
            "ingest.loopsWebhookSecretFile",
            .path,
            \.ingest.loopsWebhookSecretFile,
            "File that holds that secret, instead of ingest.loopsWebhookSecret",
            isShared: false
        ),
        Setting(
            "ingest.loopsWebhookStream",
            .text,
            \.ingest.loopsWebhookStream,
            "Stream that Loops' webhooks are added to as events; no bridge is to read it",
            isShared: false
        ),
    ]
}

extension ValueKind<[IngestFilter.Word]> {
    /// Words joined by commas; an empty list stands for "not set".
    static var words: Self {
        .init(
            shape: .list,
            read: { text in
                let items = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map { IngestFilter.Word(rawValue: String($0).trimmingSpaces) }
                return items.contains(nil) ? nil : items.compactMap(\.self)
            },
            write: { $0.isEmpty ? nil : $0.map(\.rawValue).joined(separator: ",") }
        )
    }
}

extension ValueKind<[AddressRange]> {
    /// Addresses and ranges joined by commas; an empty list stands for "not set".
    static var addressRanges: Self {
        .init(
            shape: .list,
            read: { text in
                let items = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map { AddressRange(String($0).trimmingSpaces) }
                return items.contains(nil) ? nil : items.compactMap(\.self)
            },
            write: { $0.isEmpty ? nil : $0.map(\.description).joined(separator: ",") }
        )
    }
}
