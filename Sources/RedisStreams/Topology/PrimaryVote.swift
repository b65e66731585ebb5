/// What the sentinels say of the server that a client is connected to.
public enum PrimaryVote: Sendable, Equatable {
    /// A majority of all known sentinels names it.
    case confirmed
    /// A majority of those that answered names another server.
    case otherPrimary
    /// Too few answered.
    case noMajority
}

/// Counts the sentinels' answers. A sentinel counts once, by its ID, under however many addresses it was asked.
struct SentinelBallot: Sendable {
    private var known: Set<String> = []
    private var votes: [String: Bool] = [:]

    /// - Parameters:
    ///   - id: the sentinel's own ID.
    ///   - others: the IDs of the sentinels that it knows.
    ///   - agrees: whether it names the server.
    mutating func add(id: String, others: [String], agrees: Bool) {
        known.insert(id)
        known.formUnion(others)
        votes[id] = agrees
    }

    var vote: PrimaryVote {
        let agreeing = votes.values.count { $0 }
        if agreeing > known.count / 2 { return .confirmed }
        let differing = votes.count - agreeing
        return differing > 0 && differing >= agreeing ? .otherPrimary : .noMajority
    }
}

extension RedisClient {
    /// Asks all known sentinels at once which server takes writes. Returns as soon as a majority has named the one of this connection.
    public func askSentinels() async -> PrimaryVote {
        guard case .sentinel(_, let service) = configuration.address, let server = connectedEndpoint else {
            return .noMajority
        }
        let locator = locator
        return await withTaskGroup(of: SentinelAnswer?.self) { group in
            for candidate in locator.directory.candidates {
                group.addTask { await locator.ask(sentinel: candidate, of: service) }
            }
            defer { group.cancelAll() }
            var ballot = SentinelBallot()
            for await answer in group {
                guard let answer else { continue }
                locator.directory.learn(answer.others.map(\.endpoint))
                ballot.add(id: answer.id, others: answer.others.map(\.id), agrees: answer.primary == server)
                if ballot.vote == .confirmed { return .confirmed }
            }
            return ballot.vote
        }
    }
}

/// What one sentinel said.
struct SentinelAnswer: Sendable {
    let id: String
    let primary: RedisEndpoint
    let others: [(id: String, endpoint: RedisEndpoint)]
}

extension RedisLocator {
    /// The longest that a sentinel's answer is waited for.
    private static let patience = Duration.seconds(1)

    /// - Returns: nil when it did not answer, or knows no such service.
    func ask(sentinel: RedisEndpoint, of service: String) async -> SentinelAnswer? {
        var sentinelConfiguration = sentinelConfiguration(sentinel)
        sentinelConfiguration.connectTimeout = Self.patience
        let connector = RedisConnector(configuration: sentinelConfiguration, eventLoop: eventLoop)
        let name = RedisArgument.string(service)
        let questions = [
            RedisCommand("SENTINEL", ["MYID"]), RedisCommand("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", name]),
            RedisCommand("SENTINEL", ["SENTINELS", name]),
        ]
        // That it does not answer is the answer: the ballot counts it as missing.
        guard let connection = try? await connector.connect() else { return nil }
        defer { connection.close() }
        guard let replies = try? await connection.handler.exchange(questions, within: Self.patience),
            replies.count == 3,
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
