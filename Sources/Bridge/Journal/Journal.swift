import DequeModule
import RedisStreams

/// The last entries that this replica completed, with what became of them, bounded by their number and by their bytes.
///
/// A value: completions go in, what is asked for comes out. The oldest entries go first.
struct Journal: Sendable {
    /// What is kept of one entry, in bytes; of a larger one only the beginning, and that is said.
    static let entryBytes = 16 * 1024
    /// The beginning of an entry that is too large.
    static let beginningBytes = 4 * 1024
    /// The events of an entry that are named.
    static let namedEvents = 4
    /// The requests of an entry that are kept.
    static let requestsPerEntry = 32
    /// What an entry counts beside what it holds.
    static let overhead = 256
    /// What an entry may take on average, in bytes.
    static let meanBytes = 2048
    /// Loads of mappings whose entries can still be explained by the mappings that they were planned with.
    static let explainedLoads = 4

    let maxEntries: Int
    let maxBytes: Int
    private var entries: Deque<PackedEntry> = []
    /// The mappings of the last loads.
    private var rules: [Int: CurrentDestination.Rules] = [:]
    private(set) var bytes = 0
    /// Entries that were taken since the process began; also the number of the newest.
    private(set) var taken: UInt64 = 0
    private var newestLoad = 0

    /// - Parameter maxEntries: 1 or more.
    init(maxEntries: Int) {
        self.maxEntries = max(1, maxEntries)
        // One entry of the largest kind has room in any journal.
        self.maxBytes = max(self.maxEntries * Self.meanBytes, Self.entryBytes * 2)
    }

    var count: Int { entries.count }
    /// The oldest first. Reading them all takes a while: those who search do it outside of locks.
    var packed: [PackedEntry] { Array(entries) }
    var all: [JournalEntry] { entries.map { JournalEntry($0) } }
    /// The number of the oldest entry that is left; that of the next one when none is.
    var oldest: UInt64 { taken - UInt64(entries.count) + 1 }

    /// - Parameter at: seconds since 1970.
    mutating func append(_ end: EntryCompletion, at: Double) {
        taken += 1
        let entry = PackedEntry(number: taken, end: end, completedAt: at)
        bytes += entry.size
        entries.append(entry)
        if !end.erasedContacts.isEmpty { forget(Set(end.erasedContacts)) }
        while entries.count > maxEntries || (bytes > maxBytes && entries.count > 1), let oldest = entries.popFirst() {
            bytes -= oldest.size
        }
        if let record = end.record, record.rules.load > newestLoad { keep(record.rules) }
    }

    /// The entries behind a number, the oldest first.
    /// - Returns: also how many between them and the number are gone.
    func entries(after number: UInt64, atMost limit: Int) -> (entries: [JournalEntry], missed: UInt64) {
        guard number < taken else { return ([], 0) }
        let next = number + 1
        let missed = next < oldest ? oldest - next : 0
        let start = Int(max(next, oldest) - oldest)
        return (entries[start..<min(entries.count, start + max(0, limit))].map { JournalEntry($0) }, missed)
    }

    /// The number behind which the entries begin that were completed at this time or later.
    /// - Parameter since: seconds since 1970.
    func position(since: Double) -> UInt64 {
        entries.first { $0.completedAt >= since }.map { $0.number - 1 } ?? taken
    }

    /// Contacts were deleted at Loops: a person who is to be forgotten must not stay here.
    private mutating func forget(_ contacts: Set<String>) {
        for index in entries.indices where contacts.contains(entries[index].contact) {
            bytes -= entries[index].size
            entries[index].forgetContact()
            bytes += entries[index].size
        }
    }

    /// The mappings that an entry was planned with; nil when it was not looked into, or they are gone.
    func rules(of entry: JournalEntry) -> CurrentDestination.Rules? { entry.load.flatMap { rules[$0] } }

    /// Old mappings are not kept for as long as there are entries of their time: each may take megabytes.
    private mutating func keep(_ newest: CurrentDestination.Rules) {
        newestLoad = newest.load
        rules[newest.load] = newest
        rules = rules.filter { $0.key > newest.load - Self.explainedLoads }
    }
}
