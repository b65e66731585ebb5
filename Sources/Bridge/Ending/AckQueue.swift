import DequeModule
import RedisStreams

/// The ends that Redis has not confirmed yet, in the order in which they happened.
///
/// A value. Acknowledgements leave in this order and are repeated from the first unconfirmed one after a failure, so that whatever a
/// failover loses is a suffix.
struct AckQueue: Sendable {
    /// One script call.
    enum Call: Sendable, Equatable {
        case acknowledge([StreamID])
        case deadLetter(EntryEnd, [DeliveryFault])

        /// How many ends it stands for.
        var count: Int {
            switch self {
            case .acknowledge(let ids): ids.count
            case .deadLetter: 1
            }
        }
    }

    /// The most entries that one call acknowledges.
    static let batch = 100
    /// The most calls that leave together.
    static let maxCalls = 32

    private var ends: Deque<EntryEnd> = []

    var count: Int { ends.count }

    mutating func append(_ end: EntryEnd) { ends.append(end) }

    /// The calls for the ends at the front, in order.
    func calls() -> [Call] {
        var calls: [Call] = []
        var ids: [StreamID] = []
        for end in ends {
            if case .deadLettered(let faults) = end.kind {
                if !ids.isEmpty { calls.append(.acknowledge(ids)) }
                ids = []
                calls.append(.deadLetter(end, faults))
            } else {
                ids.append(end.id)
                if ids.count == Self.batch {
                    calls.append(.acknowledge(ids))
                    ids = []
                }
            }
            if calls.count >= Self.maxCalls { return calls }
        }
        if !ids.isEmpty { calls.append(.acknowledge(ids)) }
        return calls
    }

    /// Redis has confirmed the calls that stand for this many ends at the front.
    mutating func confirm(_ count: Int) -> [EntryEnd] {
        let confirmed = Array(ends.prefix(count))
        ends.removeFirst(min(count, ends.count))
        return confirmed
    }
}
