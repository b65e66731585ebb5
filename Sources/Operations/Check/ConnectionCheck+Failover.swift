import RedisStreams

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
