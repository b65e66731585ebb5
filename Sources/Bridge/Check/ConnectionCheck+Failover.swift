import RedisStreams

extension ConnectionCheck {
    /// What the primary and a sentinel say of a failover; nil where no sentinels are.
    func failover(_ view: StreamView, _ info: ServerInfo, _ configuration: RedisConfiguration) async -> CheckResult? {
        guard case .sentinel(let sentinels, let service) = configuration.address else { return nil }
        var facts = FailoverFacts(info)
        // Most users may not ask; then it stays unknown.
        if case .success(let answer)? = try? await view.client.pipeline([
            RedisCommand("CONFIG", ["GET", "min-replicas-max-lag"])
        ]).first {
            facts.maxLag = answer.pairs?["min-replicas-max-lag"]?.text.flatMap(Double.init)
        }
        facts.downAfterMilliseconds = await downAfter(sentinels, service, configuration)
        return facts.result
    }

    /// What the first sentinel that answers says.
    private func downAfter(
        _ sentinels: [RedisEndpoint],
        _ service: String,
        _ configuration: RedisConfiguration
    ) async -> Double? {
        for sentinel in sentinels {
            var own = configuration
            own.address = .host(sentinel.host, port: sentinel.port)
            own.user = configuration.sentinelUser
            own.password = configuration.sentinelPassword
            own.database = 0
            let client = RedisClient(configuration: own, logger: logger)
            let answer = await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await client.run() }
                defer { tasks.cancelAll() }
                return try? await client.send(RedisCommand("SENTINEL", ["MASTER", .string(service)]))
            }
            if let text = answer?.pairs?["down-after-milliseconds"]?.text { return Double(text) }
        }
        return nil
    }
}
