import DequeModule
import RedisStreams

/// The ends that Redis has not confirmed yet, in the order in which they happened.
///
/// A value. Acknowledgements leave in this order and are repeated from the first unconfirmed one after a failure, so that whatever a
/// failover loses is a suffix. A partition whose dead letter cannot be written waits alone: order is each contact's, and a contact has one
/// partition.
struct AckQueue: Sendable {
    /// One script call.
    enum Call: Sendable, Equatable {
        /// By partition, each with its IDs in the order of their ends.
        case acknowledge([PartitionBatch])
        case deadLetter(EntryCompletion, [DeliveryFailure])
        /// The entry deleted a contact: its dead letters go first, those of earlier calls among them.
        case erase(EntryCompletion)

        /// How many ends it stands for.
        var count: Int {
            switch self {
            case .acknowledge(let portions): portions.reduce(0) { $0 + $1.ids.count }
            case .deadLetter, .erase: 1
            }
        }
    }

    /// The entries of one partition in a call, read in one tenure.
    struct PartitionBatch: Sendable, Equatable {
        let partition: Int
        let tenure: Int
        var ids: [StreamID]
        /// What became of them, for their receipts; empty where none are written.
        var ends: [EntryCompletion] = []
    }

    /// The most entries that one call acknowledges.
    static let batch = 100
    /// The most calls that are made up at a time.
    static let maxCalls = 32

    /// Whether batches have what receipts are made of.
    var writesReceipts = false
    private var ends: Deque<EntryCompletion> = []
    private var counts: [Int: Int] = [:]

    var count: Int { ends.count }
    func count(in partition: Int) -> Int { counts[partition, default: 0] }

    mutating func append(_ end: EntryCompletion) {
        ends.append(end)
        counts[end.partition, default: 0] += 1
    }

    /// The calls for the ends at the front, in order.
    /// - Parameter stuck: partitions whose ends stay where they are.
    func calls(except stuck: Set<Int> = []) -> [Call] {
        var calls: [Call] = []
        var portions: [PartitionBatch] = []
        var size = 0
        func flush() {
            if !portions.isEmpty { calls.append(.acknowledge(portions)) }
            portions = []
            size = 0
        }
        for end in ends where !stuck.contains(end.partition) {
            if case .deadLettered(let faults) = end.kind {
                flush()
                calls.append(.deadLetter(end, faults))
            } else if !end.erasedContacts.isEmpty {
                flush()
                calls.append(.erase(end))
            } else {
                if let index = portions.firstIndex(where: { $0.tenure == end.tenure && $0.partition == end.partition })
                {
                    portions[index].ids.append(end.id)
                    if writesReceipts { portions[index].ends.append(end) }
                } else {
                    var portion = PartitionBatch(partition: end.partition, tenure: end.tenure, ids: [end.id])
                    if writesReceipts { portion.ends = [end] }
                    portions.append(portion)
                }
                size += 1
                if size == Self.batch { flush() }
            }
            if calls.count >= Self.maxCalls { return calls }
        }
        flush()
        return calls
    }

    /// The calls that stand for this many ends at the front need no repetition.
    /// - Parameter stuck: as ``calls(except:)`` had it.
    mutating func confirm(_ count: Int, except stuck: Set<Int> = []) -> [EntryCompletion] {
        var confirmed: [EntryCompletion] = []
        var staying: [EntryCompletion] = []
        while confirmed.count < count, let end = ends.popFirst() {
            if stuck.contains(end.partition) { staying.append(end) } else { confirmed.append(end) }
        }
        ends.prepend(contentsOf: staying)
        for end in confirmed {
            counts[end.partition, default: 0] -= 1
            if counts[end.partition] == 0 { counts[end.partition] = nil }
        }
        return confirmed
    }
}
