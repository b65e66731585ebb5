import Synchronization

/// What a client has learned about where its server is; outlives every connection.
final class TopologyCache: Sendable {
    private struct State {
        var known: [RedisEndpoint]
        var hint: RedisEndpoint?
    }
    private let state: Mutex<State>

    /// The most nodes that are remembered beside those of the configuration.
    private static let maxLearned = 64
    private let configured: [RedisEndpoint]

    init(_ configuration: RedisConfiguration) {
        configured =
            switch configuration.address {
            case .host, .unix: []
            case .sentinel(let sentinels, _): sentinels
            case .cluster(let seeds): seeds
            }
        state = Mutex(State(known: configured))
    }

    /// Whom to ask, the last one that answered first.
    var candidates: [RedisEndpoint] { state.withLock { $0.known } }

    func answered(_ endpoint: RedisEndpoint) {
        state.withLock { state in
            state.known.removeAll { $0 == endpoint }
            state.known.insert(endpoint, at: 0)
        }
    }

    /// Remembers further nodes to ask.
    func learn(_ nodes: [RedisEndpoint]) {
        state.withLock { state in
            for node in nodes where !state.known.contains(node) { state.known.append(node) }
            while state.known.count > Self.maxLearned + configured.count,
                let index = state.known.lastIndex(where: { !configured.contains($0) })
            {
                state.known.remove(at: index)
            }
        }
    }

    /// The server has said where to go. The next connection goes there, once; after that the nodes are asked again.
    func moved(to endpoint: RedisEndpoint) { state.withLock { $0.hint = endpoint } }

    func takeHint() -> RedisEndpoint? {
        state.withLock { state in
            defer { state.hint = nil }
            return state.hint
        }
    }
}
