import RedisStreams

/// Decides what to read next: which partitions to pull, how much, and whether to route new entries.
///
/// A value: answers of Redis and ends of entries go in, reads come out. It keeps the promise that memory is bounded (Redis is the buffer),
/// and that in one tenure a partition's entries are handed on in the order of their IDs, each once, also when cursors were set back. Nothing of
/// an earlier tenure is remembered: what Redis gives again is delivered again, as a whole suffix. To recognise single entries of it would leave
/// a contact at an older one.
struct FetchPlanner: Sendable {
    struct Fetch: Sendable, Equatable {
        var partition: Int
        var after: StreamID
        var count: Int
        /// Whether a suspect may be given out.
        var allowsQuarantined = false
    }

    private enum Access: Sendable, Equatable {
        case closed
        /// Owned, and something of an earlier tenure is still under way: reading now could let a later entry overtake it.
        case opening
        case open
    }

    private struct Partition: Sendable {
        var access = Access.closed
        var tenure = 0
        var cursor = StreamID.zero
        /// The highest entry that was handed on in this tenure: everything up to it is in hand, or has ended.
        var handedOn: StreamID?
        /// Entries in this process that have not ended, of whatever tenure.
        var buffered = 0
        /// Whether there may be entries after the cursor.
        var hasMore = true
        var suspectWaits = false
        /// Whether the last call was refused: somebody else may have it.
        var isRefused = false

        mutating func begin() {
            access = buffered == 0 ? .open : .opening
            cursor = .zero
            handedOn = nil
            hasMore = true
            suspectWaits = false
            isRefused = false
        }
    }

    enum Admission: Sendable, Equatable {
        case new(tenure: Int)
        /// Was handed on in this tenure before: it waits, is under way, or has ended and its acknowledgement is on the way.
        case known
    }

    /// Entries that a call asks of each partition at least.
    private static let leastShare = 16

    let limits: BufferLimits
    private var partitions: [Partition]
    private var order = OrderMonitor()
    private(set) var buffered = 0
    private(set) var bufferedBytes = 0
    /// A running mean of the entries' size in bytes, for the size of the next read.
    private var entryBytes = 16 * 1024.0
    private var nextPartition = 0
    /// The one entry in hand that processes may have died of, until Redis knows of its end.
    private var suspect: StreamID?
    private var suspectHasEnded = false
    /// Suspects that were given up or handled while this process stayed alive: what was written ahead about them is to be taken back.
    private var survivors: [StreamID] = []

    init(partitions count: Int, limits: BufferLimits = BufferLimits()) {
        self.limits = limits
        partitions = Array(repeating: Partition(), count: count)
    }

    func buffered(in partition: Int) -> Int { partitions[partition].buffered }
    /// Whether there is room for a call that is worth its cost: a full buffer is not filled up one by one.
    private var hasRoom: Bool { limits.buffered - buffered >= leastRoom && bufferedBytes < limits.bytes }
    private var leastRoom: Int { max(1, min(callCount, limits.buffered / 8)) }

    /// How many entries a call may read now so that it stays within ``BufferLimits/callBytes``.
    private var callCount: Int { max(1, min(limits.callEntries, Int(Double(limits.callBytes) / max(entryBytes, 1)))) }

    /// The partition is owned from now on: it is read from its beginning.
    mutating func open(_ partition: Int, tenure: Int) {
        partitions[partition].tenure = tenure
        begin(partition)
    }

    private mutating func begin(_ partition: Int) {
        partitions[partition].begin()
        order.begin(partition)
    }

    func tenure(of partition: Int) -> Int {
        partitions.indices.contains(partition) ? partitions[partition].tenure : 0
    }
    /// Whether an end of this tenure may be acknowledged.
    func isCurrent(_ tenure: Int, of partition: Int) -> Bool { partitions[partition].tenure == tenure }

    /// Nothing of the partition is read any more. What is in hand of it ends or is forgotten.
    mutating func close(_ partition: Int) { partitions[partition].access = .closed }

    /// The partitions to pull now, fairly in turn; empty when none has more, or there is no room.
    mutating func pulls() -> [Fetch] {
        guard hasRoom else { return [] }
        // What was just routed is spread over many partitions, few entries in each. A call asks all of them and ends when it has enough: a call
        // for some of them would cost Redis and the bridge more than everything else that they do.
        let share = max(Self.leastShare, pullCount / max(1, readable))
        var allowsQuarantined = suspect == nil
        var pulls: [Fetch] = []
        for offset in 0..<partitions.count where pulls.count < limits.callPartitions {
            let index = (nextPartition + offset) % partitions.count
            let partition = partitions[index]
            guard isReadable(partition) else { continue }
            let takesSuspect = allowsQuarantined && partition.buffered == 0
            if partition.suspectWaits && !takesSuspect { continue }
            let count = min(mostInPartition - partition.buffered, pullCount, share)
            pulls.append(
                Fetch(partition: index, after: partition.cursor, count: count, allowsQuarantined: takesSuspect)
            )
            if takesSuspect { allowsQuarantined = false }
        }
        if let last = pulls.last { nextPartition = (last.partition + 1) % partitions.count }
        return pulls
    }

    /// The entries that the next pull call may give in all: some more than are routed at once, so that one call sees the end of them.
    var pullCount: Int { min(callCount + callCount / 4, limits.buffered - buffered) }

    private func isReadable(_ partition: Partition) -> Bool {
        // A hot contact's partition is filled up by some entries at a time, too.
        partition.access == .open && partition.hasMore
            && mostInPartition - partition.buffered >= max(1, limits.maxPerPartition / 8)
    }

    /// Entries that one partition may have in memory now: its share, or as many as there is room left for, so that half of the room stays free for
    /// the others. A contact with thousands of events then does not hide the contacts behind it from delivery.
    private var mostInPartition: Int {
        let room = bufferedBytes < limits.bytes / 2 ? limits.buffered - buffered : 0
        return max(limits.maxPerPartition, min(limits.perPartitionWhileRoom, room))
    }

    /// How many partitions have more and room for it.
    private var readable: Int { partitions.count { isReadable($0) } }

    /// How many new entries to route now; 0 while there is no room, or no partition is owned.
    var routeCount: Int {
        guard hasRoom, partitions.contains(where: { $0.access == .open }) else { return 0 }
        return min(callCount, limits.buffered - buffered)
    }

    /// A partition that was read to its end, which was here.
    struct End: Sendable, Equatable {
        let partition: Int
        let cursor: StreamID
    }

    /// The partitions of which everything is in hand, as far as this process knows, with room for whatever a call may route: if Redis finds that
    /// their ends are still there, what it routes to them next may be taken as it comes.
    var caughtUpPartitions: [End] {
        let most = mostInPartition - callCount
        return partitions.indices.compactMap { index in
            let partition = partitions[index]
            guard partition.access == .open, !partition.hasMore, !partition.isRefused, partition.buffered <= most
            else { return nil }
            return End(partition: index, cursor: partition.cursor)
        }
    }

    /// New entries were routed.
    /// - Parameters:
    ///   - touched: the partitions to pull.
    ///   - given: the last entry of each partition whose new entries are in hand already.
    mutating func routed(
        to touched: [Int],
        given: [(partition: Int, last: StreamID)] = [],
        entries: Int,
        bytes: Int
    ) {
        for partition in touched where partitions.indices.contains(partition) { partitions[partition].hasMore = true }
        for (partition, last) in given { partitions[partition].cursor = max(partitions[partition].cursor, last) }
        learn(entries: entries, bytes: bytes)
    }

    /// A pull was answered with these many entries, up to `last`.
    /// - Parameters:
    ///   - suspectWaits: whether the answer stops before a suspect.
    ///   - isCut: whether it stops since the call had enough: the next one goes on behind it.
    mutating func pulled(
        _ pull: Fetch,
        entries: Int,
        last: StreamID?,
        suspectWaits: Bool = false,
        isCut: Bool = false
    ) {
        if isCut { nextPartition = (pull.partition + 1) % partitions.count }
        if let last { partitions[pull.partition].cursor = max(partitions[pull.partition].cursor, last) }
        partitions[pull.partition].suspectWaits = suspectWaits
        partitions[pull.partition].isRefused = false
        partitions[pull.partition].hasMore = entries >= pull.count || suspectWaits || isCut
    }

    /// Somebody else may have the partition: nothing more is asked of it until ``open(_:tenure:)``.
    mutating func refused(_ pull: Fetch) {
        partitions[pull.partition].hasMore = false
        partitions[pull.partition].isRefused = true
    }

    /// Takes an entry in hand, unless it was in this tenure. Entries of a partition come in the order of their IDs.
    /// - Parameter isSuspect: whether processes may have died of it: then the partition's next entries wait for its end.
    mutating func admit(_ id: StreamID, partition: Int, bytes: Int, isSuspect: Bool = false) -> Admission {
        if let handedOn = partitions[partition].handedOn, id <= handedOn { return .known }
        partitions[partition].handedOn = id
        partitions[partition].buffered += 1
        buffered += 1
        bufferedBytes += bytes
        if isSuspect {
            suspect = id
            suspectHasEnded = false
            partitions[partition].hasMore = true
            partitions[partition].suspectWaits = true
        }
        learn(entries: 1, bytes: bytes)
        return .new(tenure: partitions[partition].tenure)
    }

    /// An entry that was in hand has ended.
    mutating func ended(_ end: EntryCompletion) {
        if suspect == end.id { suspectHasEnded = true }
        // The end of an earlier tenure counts for nothing: its entry is pending and is delivered again.
        if isCurrent(end.tenure, of: end.partition) { order.observe(end) }
        remove(end.partition, end.size)
    }

    /// Looks whether contacts were left at an older entry than they had ended with; see ``OrderMonitor/look(at:isIdle:position:)``.
    mutating func lookAtOrder(position: StreamID) {
        for (index, partition) in partitions.enumerated() where partition.access != .closed {
            let isIdle = partition.access == .open && partition.buffered == 0 && !partition.hasMore
            order.look(at: index, isIdle: isIdle, position: position)
        }
    }

    /// Contacts that look left behind, and those of them that are.
    mutating func takeBehind() -> [OrderMonitor.Violation] { order.takeBehind() }
    mutating func confirm(_ violations: [OrderMonitor.Violation]) { order.confirm(violations) }

    /// Ends that came out of order since the last time.
    mutating func takeViolations() -> (count: Int, last: OrderMonitor.Violation?) { order.takeFound() }

    /// An entry that was in hand is given up; it stays pending, for the partition's next tenure.
    mutating func forget(_ id: StreamID, partition: Int, bytes: Int) {
        survived(id)
        remove(partition, bytes)
    }

    /// The process is still there after the suspect was handled. One that has ended is told of by its acknowledgement: see ``settled(_:)``.
    mutating func survived(_ id: StreamID) {
        guard suspect == id, !suspectHasEnded else { return }
        suspect = nil
        survivors.append(id)
    }

    /// Redis knows of the entry's end, and with it forgets what was written ahead; or its tenure is over. Until then no further
    /// suspect is given out: should the process die in between, those that it had delivered would be counted once more.
    /// - Returns: whether another suspect may be given out now that was not before.
    mutating func settled(_ id: StreamID) -> Bool {
        guard suspect == id, suspectHasEnded else { return false }
        suspect = nil
        return true
    }

    /// The process ends in good order: the suspect in hand is not to blame for it.
    mutating func endingInOrder() { if let suspect { survived(suspect) } }

    mutating func takeSurvivors() -> [StreamID] {
        defer { survivors = [] }
        return survivors
    }

    /// An answer was lost: every partition is read from its beginning again, in the same tenure. What was handed on is passed over.
    mutating func rewind() {
        for index in partitions.indices {
            partitions[index].cursor = .zero
            partitions[index].hasMore = true
        }
    }

    /// A read was more than may come in one answer: the next one asks for less.
    /// - Parameter entries: how many were asked for.
    /// - Returns: whether it was a single entry.
    mutating func wasTooLarge(entries: Int, bytes: Int) -> Bool {
        entryBytes = max(
            entryBytes,
            Double(bytes) / Double(max(1, entries)),
            Double(limits.callBytes) * 2 / Double(max(1, entries))
        )
        return entries <= 1
    }

    private mutating func remove(_ partition: Int, _ bytes: Int) {
        partitions[partition].buffered -= 1
        buffered -= 1
        bufferedBytes -= bytes
        if partitions[partition].access == .opening { begin(partition) }
    }

    private mutating func learn(entries: Int, bytes: Int) {
        guard entries > 0 else { return }
        let mean = Double(bytes) / Double(entries)
        // Rises at once, falls slowly: a row of large entries must not be read a hundred at a time.
        entryBytes = mean > entryBytes ? mean : entryBytes * 0.95 + mean * 0.05
    }
}
