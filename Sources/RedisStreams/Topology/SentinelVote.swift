/// What one sentinel said.
private struct SentinelAnswer: Sendable {
    let id: String
    let primary: RedisEndpoint
    let others: [(id: String, endpoint: RedisEndpoint)]
}

extension RedisLocator {
    /// Asks all known sentinels at once.
    func askSentinels(of service: String, about server: RedisEndpoint) async -> PrimaryVote {
        await withTaskGroup(of: SentinelAnswer?.self) { group in
            for candidate in directory.candidates {
                group.addTask { await ask(sentinel: candidate, of: service) }
            }
            defer { group.cancelAll() }
            var ballot = PrimaryBallot()
            for await answer in group {
                guard let answer else { continue }
                directory.learn(answer.others.map(\.endpoint))
                ballot.add(id: answer.id, others: answer.others.map(\.id), agrees: answer.primary == server)
                if ballot.vote == .confirmed { return .confirmed }
            }
            return ballot.vote
        }
    }

    /// - Returns: nil when it did not answer, or knows no such service.
    private func ask(sentinel: RedisEndpoint, of service: String) async -> SentinelAnswer? {
        let name = RedisArgument.string(service)
        let questions = [
            RedisCommand("SENTINEL", ["MYID"]), RedisCommand("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", name]),
            RedisCommand("SENTINEL", ["SENTINELS", name]),
        ]
        guard let replies = await poll(sentinelConfiguration(sentinel), questions),
            let address = replies[1].array, address.count == 2, let host = address[0].text,
            let port = address[1].integer.flatMap({ Int(exactly: $0) })
        else { return nil }
        let others = (replies[2].array ?? []).compactMap { item -> (id: String, endpoint: RedisEndpoint)? in
            guard let pairs = item.pairs, let id = pairs["runid"]?.text, !id.isEmpty, let host = pairs["ip"]?.text,
                let port = pairs["port"]?.integer.flatMap({ Int(exactly: $0) })
            else { return nil }
            return (id, RedisEndpoint(host: host, port: port))
        }
        return SentinelAnswer(
            // Before Redis 6.2 a sentinel does not tell its ID.
            id: replies[0].text ?? "\(sentinel)",
            primary: RedisEndpoint(host: host, port: port),
            others: others
        )
    }
}
