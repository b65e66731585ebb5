import JSON

/// What browser and mobile SDKs ask before they send. With exactly one integration a browser loads no legacy bundle; a sample rate of 0 stops the
/// SDKs' measurements of themselves.
enum SettingsAnswer {
    /// - Parameter apiHost: host and path without a scheme, as `events.example.com/v1`: SDKs put `https://` before it, and prefer it over their own.
    ///   Nil leaves them theirs.
    static func answer(key: String, apiHost: String?) -> IngestAnswer {
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
        var segment: JSONObject = JSONObject([("apiKey", .string(key)), ("httpConfig", retries)])
        if let apiHost { segment["apiHost"] = .string(apiHost) }
        return .json([
            "integrations": ["Segment.io": .object(segment)], "plan": [:], "metrics": ["sampleRate": 0],
        ])
    }

    /// The host that a request names, with a port; nil for what is none.
    static func host(_ text: String) -> String? {
        let isHost =
            text.utf8.count <= 253 && !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
                    UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
        return isHost ? text : nil
    }
}
