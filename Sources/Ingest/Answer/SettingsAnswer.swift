import JSON

/// What browser and mobile SDKs ask before they send. With exactly one integration a browser loads no legacy bundle; a sample rate of 0 stops the
/// SDKs' measurements of themselves.
enum SettingsAnswer {
    /// - Parameter apiHost: host and path without a scheme, as `events.example.com/v1`: SDKs put `https://` before it, and prefer it over their own.
    static func answer(key: String, apiHost: String) -> IngestAnswer {
        // The Swift SDK without these rules sends everything but 200 and 400 for ever.
        let retries: JSONValue = [
            "rateLimitConfig": [
                "enabled": true, "maxRetryCount": 100, "maxRetryInterval": 300, "maxRateLimitDuration": 43200,
            ],
            "backoffConfig": [
                "enabled": true, "maxRetryCount": 100, "baseBackoffInterval": 0.5, "maxBackoffInterval": 300,
                "maxTotalBackoffDuration": 43200, "jitterPercent": 10,
            ],
        ]
        return .json([
            "integrations": [
                "Segment.io": ["apiKey": .string(key), "apiHost": .string(apiHost), "httpConfig": retries]
            ],
            "plan": [:],
            "metrics": ["sampleRate": 0],
        ])
    }
}
