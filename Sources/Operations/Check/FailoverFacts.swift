import RedisStreams

/// Whether a primary behind sentinels goes on taking writes when it is cut off, which are lost when it comes back. No I/O.
struct FailoverFacts: Sendable, Equatable {
    /// Good replicas, as `INFO` says it only where `min-replicas-to-write` and `min-replicas-max-lag` are set; nil where they are not.
    let goodReplicas: Int?
    /// `min-replicas-max-lag` in seconds; nil when the user may not ask.
    var maxLag: Double?
    /// The sentinels' `down-after-milliseconds`; nil when they do not say.
    var downAfterMilliseconds: Double?

    /// Why one of the two is not known.
    var unknown: String?

    init(_ info: ServerInfo) {
        goodReplicas = info["min_slaves_good_slaves"].flatMap { Int($0) }
    }

    var result: CheckResult {
        guard let goodReplicas else {
            return CheckResult(
                .warning,
                "redis",
                "min-replicas-to-write is 0: a primary that is cut off goes on taking writes, and all of them are lost at the failover",
                advice:
                    "Set min-replicas-to-write 1, and min-replicas-max-lag below the sentinels' down-after-milliseconds."
            )
        }
        if goodReplicas == 0 {
            return CheckResult(
                .fault,
                "redis",
                "min-replicas-to-write is set and no replica is good: Redis takes no writes",
                advice: "Look at the replicas (INFO replication)."
            )
        }
        if let maxLag, let downAfterMilliseconds, maxLag * 1000 >= downAfterMilliseconds {
            return CheckResult(
                .warning,
                "redis",
                """
                min-replicas-max-lag is \(Int(maxLag)) s, not below the sentinels' down-after-milliseconds (\(Int(downAfterMilliseconds))): \
                both primaries of a split may take writes for a while
                """,
                advice: "Lower min-replicas-max-lag, or raise down-after-milliseconds."
            )
        }
        let doubt = unknown.map {
            "; whether min-replicas-max-lag is below the sentinels' down-after-milliseconds is not known: \($0)"
        }
        let fact = "a primary without replicas takes no writes (min-replicas-to-write)"
        return CheckResult(.ok, "redis", fact + (doubt ?? ""))
    }
}

extension ConnectionCheck {
    /// What the primary and a sentinel say of a failover; nil where no sentinels are.
    func failover(_ view: GroupInspector, _ info: ServerInfo, _ configuration: RedisConfiguration) async -> CheckResult?
    {
        guard case .sentinel = configuration.address else { return nil }
        var facts = FailoverFacts(info)
        do {
            let answer = try await view.client.send(RedisCommand("CONFIG", ["GET", "min-replicas-max-lag"]))
            facts.maxLag = answer.pairs?["min-replicas-max-lag"]?.text.flatMap(Double.init)
        } catch {
            // Most users may not ask.
            facts.unknown = "\(error)"
        }
        do {
            facts.downAfterMilliseconds = try await view.client.sentinelsDownAfter().map { $0 / .milliseconds(1) }
        } catch {
            facts.unknown = "\(error)"
        }
        return facts.result
    }
}
