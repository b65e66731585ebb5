import JSON
import RedisStreams

/// What a Redis server says of itself (`INFO`), and what that means for a stream that must not be lost. No I/O.
struct ServerFacts: Sendable, Equatable {
    private let facts: ServerInfo

    init(_ info: ServerInfo) { facts = info }

    /// The oldest version that has what the scripts use.
    static let oldest = (major: 6, minor: 2)

    var results: [CheckResult] { [version, role, eviction, memory, persistence].compactMap { $0 } }

    private var version: CheckResult {
        let text = facts["redis_version"] ?? ""
        let parts = text.split(separator: ".").prefix(2).compactMap { Int($0) }
        let spoken = "Redis \(text)"
        let name = facts.product == spoken ? spoken : "\(facts.product) (speaks as \(spoken))"
        guard parts.count == 2 else {
            return CheckResult(
                .warning,
                "redis",
                "the server does not tell its version",
                advice: "6.2 or newer is needed."
            )
        }
        guard (parts[0], parts[1]) >= Self.oldest else {
            return CheckResult(.fault, "redis", "\(name) is too old", advice: "Use 6.2 or newer.")
        }
        return CheckResult(.ok, "redis", name)
    }

    private var role: CheckResult? {
        guard facts["role"] == "slave" else { return nil }
        return CheckResult(
            .fault,
            "redis",
            "this server is a replica and takes no writes",
            advice: "Give redis.url the primary, or the sentinels: redis+sentinel://host,host/name."
        )
    }

    private var eviction: CheckResult? {
        guard let policy = facts["maxmemory_policy"] else { return nil }
        if policy.hasPrefix("allkeys"), facts["maxmemory"] != "0" {
            return CheckResult(
                .fault,
                "redis",
                "maxmemory-policy is \(policy): when memory is full, Redis may delete the whole stream",
                advice: "Set maxmemory-policy noeviction: then producers get an error, and nothing is lost."
            )
        }
        if policy.hasPrefix("allkeys") {
            return CheckResult(
                .warning,
                "redis",
                "maxmemory-policy is \(policy), which would delete the stream once maxmemory is set",
                advice: "Set maxmemory-policy noeviction."
            )
        }
        if policy != "noeviction" {
            return CheckResult(
                .warning,
                "redis",
                "maxmemory-policy is \(policy): when memory is full, Redis may delete keys with an expiry, such as the rate limiter's",
                advice: "Set maxmemory-policy noeviction."
            )
        }
        return CheckResult(.ok, "redis", "maxmemory-policy is \(policy): the stream is never evicted")
    }

    /// From here on, memory is nearly full, in parts of one.
    private static let nearlyFull = 0.9

    private var memory: CheckResult? {
        guard let most = facts["maxmemory"].flatMap(Double.init), most > 0,
            let used = facts["used_memory"].flatMap(Double.init), used > most * Self.nearlyFull
        else { return nil }
        return CheckResult(
            .warning,
            "redis",
            "memory is \(Int64(saturating: used / most * 100)) % full: soon producers cannot add events",
            advice: "Raise maxmemory, or let the bridge trim what is finished (bridge.trimFinishedAfter)."
        )
    }

    private var persistence: CheckResult? {
        if facts["aof_enabled"] == "1" {
            if let status = facts["aof_last_write_status"], status != "ok" {
                return CheckResult(
                    .fault,
                    "redis",
                    "the last write of the append-only file failed (\(status))",
                    advice: "Look at the disk of the Redis server and at its log."
                )
            }
            return CheckResult(.ok, "redis", "writes an append-only file: a crash loses a second of writes at the most")
        }
        guard facts["aof_enabled"] == "0" else { return nil }
        return CheckResult(
            .warning,
            "redis",
            "writes no append-only file: a crash loses what came since the last snapshot, events and acknowledgements",
            advice: "Set appendonly yes."
        )
    }
}
