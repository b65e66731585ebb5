extension RedisClient {
    /// How long a primary has to be silent for the sentinels to think that it is down (`down-after-milliseconds`), from the first of them that answers.
    ///
    /// Source: redis.io/docs/latest/operate/oss_and_stack/management/sentinel.
    /// - Returns: nil where the address is not of sentinels.
    /// - Throws: when no sentinel says it.
    package func sentinelsDownAfter() async throws -> Duration? {
        guard case .sentinel(_, let service) = configuration.address else { return nil }
        return try await locator.downAfter(of: service)
    }
}

extension RedisLocator {
    fileprivate func downAfter(of service: String) async throws -> Duration {
        var reasons: [String] = []
        for candidate in directory.candidates {
            let sentinel = RedisConnector(configuration: sentinelConfiguration(candidate), eventLoop: eventLoop)
            do {
                let answer = try await ask(RedisCommand("SENTINEL", ["MASTER", .string(service)]), of: sentinel)
                guard let text = answer.pairs?["down-after-milliseconds"]?.text, let milliseconds = Int(text) else {
                    throw TopologyError.unknownService(service)
                }
                return .milliseconds(milliseconds)
            } catch {
                reasons.append(Self.reason(error, candidate))
            }
        }
        throw TopologyError.noSentinel(service: service, reasons: reasons)
    }
}
