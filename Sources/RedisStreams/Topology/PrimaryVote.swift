/// What those who decide on promotions say of the server that a client is connected to: the sentinels, or the primaries of a cluster.
package enum PrimaryVote: Sendable, Equatable {
    /// A majority of all known voters names it.
    case confirmed
    /// A majority of those that answered names another server.
    case otherPrimary
    /// Too few answered.
    case noMajority
}

/// Counts the voters' answers. A voter counts once, by its ID, under however many addresses it was asked.
struct PrimaryBallot: Sendable {
    private var known: Set<String> = []
    private var votes: [String: Bool] = [:]

    /// - Parameters:
    ///   - id: the voter's own ID.
    ///   - others: the IDs of the voters that it knows.
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
    /// Asks all known sentinels, or all primaries of the cluster, at once which server takes writes. Returns as soon as a majority has named
    /// the one of this connection. Each is waited for at most a second.
    ///
    /// - Returns: nil where nobody can be asked: the address is of one server.
    package func askMajority() async -> PrimaryVote? {
        switch configuration.address {
        case .host, .unix: return nil
        case .sentinel(_, let service):
            guard let server = connectedEndpoint else { return .noMajority }
            return await locator.askSentinels(of: service, about: server)
        case .cluster:
            guard let server = connectedEndpoint else { return .noMajority }
            return await locator.askCluster(HashSlot(configuration.slotKey ?? ""), about: server)
        }
    }
}

extension RedisLocator {
    /// The longest that a voter's answer is waited for.
    private static let patience = Duration.seconds(1)

    /// Asks one voter on a connection of its own.
    /// - Returns: nil when it did not answer: the ballot counts it as missing.
    func poll(_ configuration: RedisConfiguration, _ questions: [RedisCommand]) async -> [RedisValue]? {
        var configuration = configuration
        configuration.connectTimeout = Self.patience
        let connector = RedisConnector(configuration: configuration, eventLoop: eventLoop)
        guard let connection = try? await connector.connect() else { return nil }
        defer { connection.close() }
        guard let replies = try? await connection.handler.exchange(questions, within: Self.patience),
            replies.count == questions.count
        else { return nil }
        return replies
    }
}
