import RedisStreams

/// Decides what to read next: which partitions to pull, how much, and whether to route new entries.
///
/// A value: answers of Redis and ends of entries go in, reads come out. It keeps the promise that memory is bounded (Redis is the buffer),
/// and that a partition's entries are handed on in the order of their IDs, each once, also when cursors were set back.
struct Intake: Sendable {
    struct Pull: Sendable, Equatable {
        var partition: Int
        var after: StreamID
        var count: Int
    }

    private struct Partition: Sendable {
        var cursor = StreamID.zero
        var buffered = 0
        /// Whether there may be entries after the cursor.
        var hasMore = true
    }

    enum Admission: Sendable, Equatable {
        case new
        /// Waits or is under way in this process already.
        case inHand
        /// Ended in this process: acknowledge again, do not deliver again.
        case ended
    }

    let limits: IntakeLimits
    private var partitions: [Partition]
    private var inHand: Set<StreamID> = []
    private var remembered = RecentSet<StreamID>(capacity: 0)
    private(set) var bufferedBytes = 0
    /// A running mean of the entries' size in bytes, for the size of the next read.
    private var entryBytes = 16 * 1024.0
    private var nextPartition = 0

    init(partitions count: Int, limits: IntakeLimits = IntakeLimits()) {
        self.limits = limits
        partitions = Array(repeating: Partition(), count: count)
        remembered = RecentSet(capacity: limits.remembered)
    }

    var buffered: Int { inHand.count }
    private var hasRoom: Bool { inHand.count < limits.buffered && bufferedBytes < limits.bytes }

    /// How many entries a call may read now so that it stays within ``IntakeLimits/callBytes``.
    private var callCount: Int { max(1, min(limits.callEntries, Int(Double(limits.callBytes) / max(entryBytes, 1)))) }

    /// The partitions to pull now, fairly in turn; empty when none has more, or there is no room.
    mutating func pulls() -> [Pull] {
        guard hasRoom else { return [] }
        var left = min(callCount, limits.buffered - inHand.count)
        var pulls: [Pull] = []
        for offset in 0..<partitions.count where left > 0 && pulls.count < limits.callPartitions {
            let index = (nextPartition + offset) % partitions.count
            let room = limits.perPartition - partitions[index].buffered
            guard partitions[index].hasMore, room > 0 else { continue }
            let count = min(room, left)
            pulls.append(Pull(partition: index, after: partitions[index].cursor, count: count))
            left -= count
        }
        if let last = pulls.last { nextPartition = (last.partition + 1) % partitions.count }
        return pulls
    }

    /// How many new entries to route now; 0 while there is no room.
    var routeCount: Int { hasRoom ? callCount : 0 }

    /// New entries were routed to these partitions.
    mutating func routed(to touched: [Int], entries: Int, bytes: Int) {
        for partition in touched where partitions.indices.contains(partition) { partitions[partition].hasMore = true }
        learn(entries: entries, bytes: bytes)
    }

    /// A pull was answered with this many entries, up to `last`.
    mutating func pulled(_ pull: Pull, entries: Int, last: StreamID?) {
        if let last { partitions[pull.partition].cursor = max(partitions[pull.partition].cursor, last) }
        partitions[pull.partition].hasMore = entries >= pull.count
    }

    /// Takes an entry in hand, unless it is or was.
    mutating func admit(_ id: StreamID, partition: Int, bytes: Int) -> Admission {
        if inHand.contains(id) { return .inHand }
        if remembered.contains(id) { return .ended }
        inHand.insert(id)
        partitions[partition].buffered += 1
        bufferedBytes += bytes
        learn(entries: 1, bytes: bytes)
        return .new
    }

    /// An entry that was in hand has ended.
    mutating func ended(_ id: StreamID, partition: Int, bytes: Int) {
        guard inHand.remove(id) != nil else { return }
        partitions[partition].buffered -= 1
        bufferedBytes -= bytes
        remembered.insert(id)
    }

    /// Redis may have gone back in time, or an answer was lost: read every partition from its beginning again.
    mutating func rewind() {
        for index in partitions.indices {
            partitions[index].cursor = .zero
            partitions[index].hasMore = true
        }
    }

    private mutating func learn(entries: Int, bytes: Int) {
        guard entries > 0 else { return }
        let mean = Double(bytes) / Double(entries)
        // Rises at once, falls slowly: a row of large entries must not be read a hundred at a time.
        entryBytes = mean > entryBytes ? mean : entryBytes * 0.95 + mean * 0.05
    }
}
