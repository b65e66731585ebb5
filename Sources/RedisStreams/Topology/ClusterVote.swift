/// What one node of a cluster said.
private struct ClusterAnswer: Sendable {
    /// The node's own ID.
    let id: String
    let primary: ClusterNode?
    let voters: [ClusterNode]

    var isVoter: Bool { voters.contains { $0.id == id } }
}

extension RedisLocator {
    /// Asks the primaries of a cluster, which elect one another's successors, who serves a slot: first the server itself, then at once all those
    /// that it takes for primaries.
    func askCluster(_ slot: HashSlot, about server: RedisEndpoint) async -> PrimaryVote {
        guard let own = await ask(node: server, about: slot) else { return .noMajority }
        guard own.isVoter, own.primary?.id == own.id else { return .otherPrimary }
        var ballot = PrimaryBallot()
        ballot.add(id: own.id, others: own.voters.map(\.id), agrees: true)
        if ballot.vote == .confirmed { return .confirmed }
        return await withTaskGroup(of: ClusterAnswer?.self) { group in
            for voter in own.voters where voter.id != own.id {
                group.addTask { await ask(node: voter.endpoint, about: slot) }
            }
            defer { group.cancelAll() }
            for await answer in group {
                // Who was demoted knows of its successor, and has no vote.
                guard let answer, answer.isVoter else { continue }
                ballot.add(
                    id: answer.id,
                    others: answer.voters.map(\.id),
                    agrees: answer.primary?.id == own.id
                )
                if ballot.vote == .confirmed { return .confirmed }
            }
            return ballot.vote
        }
    }

    /// - Returns: nil when it did not answer, or knows nothing of slots.
    private func ask(node: RedisEndpoint, about slot: HashSlot) async -> ClusterAnswer? {
        let questions = [RedisCommand("CLUSTER", ["SLOTS"]), RedisCommand("CLUSTER", ["MYID"])]
        guard let replies = await poll(connector(node).configuration, questions) else { return nil }
        let slots = ClusterSlots(replies[0], asked: node)
        guard !slots.primaries.isEmpty else { return nil }
        // A user without the right to ask for it, or a server that does not tell: then the address says who it is.
        let id = replies[1].text ?? slots.primaries.first { $0.endpoint == node }?.id ?? "\(node)"
        return ClusterAnswer(id: id, primary: slots.primary(of: slot), voters: slots.primaries)
    }
}
