/// A node of a cluster, as `CLUSTER SLOTS` names it.
struct ClusterNode: Sendable, Equatable {
    let endpoint: RedisEndpoint
    /// The node's ID; its address where the server tells no IDs.
    let id: String
}

/// Who serves which slots in the eyes of one node (redis.io/docs/latest/commands/cluster-slots).
struct ClusterSlots: Sendable {
    private struct Range: Sendable {
        let slots: ClosedRange<Int>
        /// The one that takes writes first.
        let nodes: [ClusterNode]
    }
    private let ranges: [Range]

    /// - Parameter asked: the node that answered; it stands where the answer names no host.
    init(_ value: RedisValue, asked: RedisEndpoint) {
        ranges = (value.array ?? []).compactMap { item in
            guard let parts = item.array, parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
                0 <= first, first <= last, last < HashSlot.count
            else { return nil }
            let nodes = parts.dropFirst(2).compactMap { Self.node($0, asked: asked) }
            return Range(slots: Int(first)...Int(last), nodes: nodes)
        }
    }

    private static func node(_ value: RedisValue, asked: RedisEndpoint) -> ClusterNode? {
        guard let parts = value.array, parts.count >= 2, let port = parts[1].integer.flatMap({ Int(exactly: $0) })
        else { return nil }
        let host = parts[0].text ?? ""
        let endpoint = RedisEndpoint(host: host.isEmpty ? asked.host : host, port: port)
        let id = parts.count > 2 ? parts[2].text ?? "" : ""
        return ClusterNode(endpoint: endpoint, id: id.isEmpty ? "\(endpoint)" : id)
    }

    /// The node that takes writes for a slot; nil when nobody does.
    func primary(of slot: HashSlot) -> ClusterNode? {
        ranges.first { $0.slots.contains(slot.number) }?.nodes.first
    }

    /// The nodes that take writes: those that vote on promotions. Each once.
    var primaries: [ClusterNode] {
        var seen: Set<String> = []
        return ranges.compactMap(\.nodes.first).filter { seen.insert($0.id).inserted }
    }

    var endpoints: [RedisEndpoint] { ranges.flatMap { $0.nodes.map(\.endpoint) } }
}
