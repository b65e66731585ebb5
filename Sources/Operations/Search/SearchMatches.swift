import RedisStreams

/// The hits of a search, bounded by kind: those that were finished long ago do not push out the one that waits.
struct SearchMatches: Sendable {
    private let limit: Int
    private var kept: [Int: [EventLocation]] = [:]
    private var known: Set<StreamID> = []
    /// Hits that are not in the list.
    private(set) var more = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Oldest first.
    var list: [EventLocation] { kept.values.joined().sorted { $0.id < $1.id } }

    func contains(_ id: StreamID) -> Bool { known.contains(id) }

    mutating func take(_ hit: EventLocation) {
        guard known.insert(hit.id).inserted else { return }
        if kept[hit.kind, default: []].count < limit {
            kept[hit.kind, default: []].append(hit)
        } else {
            more += 1
        }
    }

    /// Turns the number of entries behind each waiting one into the number before it.
    mutating func turnWaiting(_ turn: (Int) -> Int?) {
        for (kind, hits) in kept {
            kept[kind] = hits.map { hit in
                guard case .waiting(let behind?) = hit.state else { return hit }
                var turned = hit
                turned.state = .waiting(before: turn(behind))
                return turned
            }
        }
    }
}

extension EventLocation {
    fileprivate var kind: Int {
        switch state {
        case .waiting: 0
        case .pending: 1
        case .deadLettered: 2
        case .replayed, .finished, .noGroup: 3
        }
    }
}
