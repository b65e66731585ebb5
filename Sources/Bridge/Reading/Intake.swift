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
        /// Whether a suspect may be given out.
        var maySuspect = false
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
        var buffered = 0
        /// Whether there may be entries after the cursor.
        var hasMore = true
        var suspectWaits = false
        /// Whether the last call was refused: somebody else may have it.
        var isRefused = false

        mutating func begin() {
            access = buffered == 0 ? .open : .opening
            cursor = .zero
            hasMore = true
            suspectWaits = false
            isRefused = false
        }
    }

    enum Admission: Sendable, Equatable {
        case new(tenure: Int)
        /// Waits or is under way in this process already.
        case inHand
        /// Ended in this process: acknowledge again, do not deliver again.
        case ended
        /// Ended here as a dead letter, which Redis may have forgotten as well: write it again if the entry is still pending.
        case deadLettered(EntryEnd)
    }

    /// Entries that a call asks of each partition at least.
    private static let leastShare = 16

    let limits: IntakeLimits
    private var partitions: [Partition]
    private var inHand: [StreamID: EntryMark] = [:]
    private var remembered: RecentSet<EntryMark>
    private var letters = LetterMemory()
    private var order = OrderWatch()
    private(set) var bufferedBytes = 0
    /// A running mean of the entries' size in bytes, for the size of the next read.
    private var entryBytes = 16 * 1024.0
    private var nextPartition = 0
    /// The one entry in hand that processes may have died of.
    private var suspect: StreamID?
    /// Suspects that were given up or handled while this process stayed alive: what was written ahead about them is to be taken back.
    private var survivors: [StreamID] = []

    init(partitions count: Int, limits: IntakeLimits = IntakeLimits()) {
        self.limits = limits
        partitions = Array(repeating: Partition(), count: count)
        remembered = RecentSet(capacity: limits.remembered)
    }

    var buffered: Int { inHand.count }
    func buffered(in partition: Int) -> Int { partitions[partition].buffered }
    /// Whether there is room for a call that is worth its cost: a full buffer is not filled up one by one.
    private var hasRoom: Bool { limits.buffered - inHand.count >= leastRoom && bufferedBytes < limits.bytes }
    private var leastRoom: Int { max(1, min(callCount, limits.buffered / 8)) }

    /// How many entries a call may read now so that it stays within ``IntakeLimits/callBytes``.
    private var callCount: Int { max(1, min(limits.callEntries, Int(Double(limits.callBytes) / max(entryBytes, 1)))) }

    /// The partition is owned from now on: it is read from its beginning.
    mutating func open(_ partition: Int, tenure: Int) {
        partitions[partition].tenure = tenure
        begin(partition)
    }

    private mutating func begin(_ partition: Int) {
        partitions[partition].begin()
        order.forget(partition)
    }

    /// Nothing of the partition is read any more. What is in hand of it ends or is forgotten.
    mutating func close(_ partition: Int) { partitions[partition].access = .closed }

    /// The partitions to pull now, fairly in turn; empty when none has more, or there is no room.
    mutating func pulls() -> [Pull] {
        guard hasRoom else { return [] }
        // What was just routed is spread over many partitions, few entries in each. A call asks all of them and ends when it has enough: a call
        // for some of them would cost Redis and the bridge more than everything else that they do.
        let share = max(Self.leastShare, pullCount / max(1, readable))
        var maySuspect = suspect == nil
        var pulls: [Pull] = []
        for offset in 0..<partitions.count where pulls.count < limits.callPartitions {
            let index = (nextPartition + offset) % partitions.count
            let partition = partitions[index]
            guard isReadable(partition) else { continue }
            let takesSuspect = maySuspect && partition.buffered == 0
            if partition.suspectWaits && !takesSuspect { continue }
            let count = min(limits.perPartition - partition.buffered, pullCount, share)
            pulls.append(Pull(partition: index, after: partition.cursor, count: count, maySuspect: takesSuspect))
            if takesSuspect { maySuspect = false }
        }
        if let last = pulls.last { nextPartition = (last.partition + 1) % partitions.count }
        return pulls
    }

    /// The entries that the next pull call may give in all: some more than are routed at once, so that one call sees the end of them.
    var pullCount: Int { min(callCount + callCount / 4, limits.buffered - inHand.count) }

    private func isReadable(_ partition: Partition) -> Bool {
        // A hot contact's partition is filled up by some entries at a time, too.
        partition.access == .open && partition.hasMore
            && limits.perPartition - partition.buffered >= max(1, limits.perPartition / 8)
    }

    /// How many partitions have more and room for it.
    private var readable: Int { partitions.count { isReadable($0) } }

    /// How many new entries to route now; 0 while there is no room, or no partition is owned.
    var routeCount: Int {
        guard hasRoom, partitions.contains(where: { $0.access == .open }) else { return 0 }
        return min(callCount, limits.buffered - inHand.count)
    }

    /// A partition that was read to its end, which was here.
    struct End: Sendable, Equatable {
        let partition: Int
        let cursor: StreamID
    }

    /// The partitions of which everything is in hand, as far as this process knows, with room for whatever a call may route: if Redis finds that
    /// their ends are still there, what it routes to them next may be taken as it comes.
    var readToEnd: [End] {
        let most = limits.perPartition - callCount
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
        _ pull: Pull,
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
    mutating func refused(_ pull: Pull) {
        partitions[pull.partition].hasMore = false
        partitions[pull.partition].isRefused = true
    }

    /// Takes an entry in hand, unless it is or was.
    /// - Parameter isSuspect: whether processes may have died of it: then the partition's next entries wait for its end.
    mutating func admit(_ mark: EntryMark, partition: Int, bytes: Int, isSuspect: Bool = false) -> Admission {
        if inHand[mark.id] != nil { return .inHand }
        if remembered.contains(mark) { return .ended }
        if let letter = letters[mark] { return .deadLettered(letter) }
        inHand[mark.id] = mark
        partitions[partition].buffered += 1
        bufferedBytes += bytes
        if isSuspect {
            suspect = mark.id
            partitions[partition].hasMore = true
            partitions[partition].suspectWaits = true
        }
        learn(entries: 1, bytes: bytes)
        return .new(tenure: partitions[partition].tenure)
    }

    /// An entry that was in hand has ended.
    /// - Parameter letter: its end, when that is a dead letter.
    mutating func ended(_ id: StreamID, partition: Int, bytes: Int, letter: EntryEnd? = nil) {
        guard let mark = remove(id, partition, bytes) else { return }
        if let letter { letters.insert(mark, letter) } else { remembered.insert(mark) }
    }

    /// Looks whether an end comes in the order of its contact; before it is told to ``ended(_:partition:bytes:letter:)``.
    mutating func watch(_ end: EntryEnd) { order.observe(end) }

    /// Ends that came out of order since the last time.
    mutating func takeViolations() -> (count: Int, last: OrderWatch.Violation?) { order.takeFound() }

    /// An entry that was in hand is given up; it stays pending, for the partition's next owner.
    mutating func forget(_ id: StreamID, partition: Int, bytes: Int) {
        survived(id)
        _ = remove(id, partition, bytes)
    }

    /// The process is still there after the suspect was handled. One that has ended is told of by its acknowledgement: see ``settled(_:)``.
    mutating func survived(_ id: StreamID) {
        guard suspect == id, inHand[id] != nil else { return }
        suspect = nil
        survivors.append(id)
    }

    /// Redis knows of the entry's end, and with it forgets what was written ahead; or its partition has another owner. Until then no further
    /// suspect is given out: should the process die in between, those that it had delivered would be counted once more.
    /// - Returns: whether another suspect may be given out now that was not before.
    mutating func settled(_ id: StreamID) -> Bool {
        guard suspect == id, inHand[id] == nil else { return false }
        suspect = nil
        return true
    }

    /// The process ends in good order: the suspect in hand is not to blame for it.
    mutating func endingInOrder() { if let suspect { survived(suspect) } }

    mutating func takeSurvivors() -> [StreamID] {
        defer { survivors = [] }
        return survivors
    }

    /// Redis may have gone back in time, or an answer was lost: read every partition from its beginning again.
    mutating func rewind() {
        order.forgetAll()
        for index in partitions.indices {
            partitions[index].cursor = .zero
            partitions[index].hasMore = true
        }
    }

    private mutating func remove(_ id: StreamID, _ partition: Int, _ bytes: Int) -> EntryMark? {
        guard let mark = inHand.removeValue(forKey: id) else { return nil }
        partitions[partition].buffered -= 1
        bufferedBytes -= bytes
        if partitions[partition].access == .opening { begin(partition) }
        return mark
    }

    private mutating func learn(entries: Int, bytes: Int) {
        guard entries > 0 else { return }
        let mean = Double(bytes) / Double(entries)
        // Rises at once, falls slowly: a row of large entries must not be read a hundred at a time.
        entryBytes = mean > entryBytes ? mean : entryBytes * 0.95 + mean * 0.05
    }
}
