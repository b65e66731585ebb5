import JSON
package import RedisStreams
import Segment
import Synchronization

/// The journal of a running bridge: entries go in as Redis confirms their ends, and the admin port asks.
package final class EventJournal: Sendable {
    /// Tells the numbers of this process from those of another one.
    package let run: String
    /// Their names, by index.
    package let streams: [String]
    package let maxEntries: Int
    let decoder: EntryDecoder
    let integrations: IntegrationRule
    private let state: Mutex<Journal>

    /// - Parameter run: differs from process to process.
    init(
        maxEntries: Int,
        streams: [String],
        decoder: EntryDecoder = EntryDecoder(),
        integrations: IntegrationRule = IntegrationRule(),
        run: String = String(UInt64.random(in: .min ... .max), radix: 36)
    ) {
        self.run = run
        self.streams = streams
        self.maxEntries = maxEntries
        self.decoder = decoder
        self.integrations = integrations
        self.state = Mutex(Journal(maxEntries: maxEntries))
    }

    /// - Returns: nil when the journal is off.
    convenience init?(_ configuration: BridgeConfiguration, planner: EntryPlanner) {
        guard configuration.journalEntries > 0 else { return nil }
        self.init(
            maxEntries: configuration.journalEntries,
            streams: planner.streams,
            decoder: planner.decoder,
            integrations: planner.integrations
        )
    }

    /// Takes ends that Redis has confirmed.
    /// - Parameter at: seconds since 1970.
    func completed(_ ends: [EntryCompletion], at: Double) {
        state.withLock { journal in
            for end in ends { journal.append(end, at: at) }
        }
    }

    /// How many entries it has, and what they take in bytes.
    package var size: (entries: Int, bytes: Int) { state.withLock { ($0.count, $0.bytes) } }

    /// The number of the newest entry; 0 before the first.
    package var newest: UInt64 { state.withLock { $0.taken } }

    /// The entries behind a number, the oldest first, and how many between them and the number are gone.
    package func entries(after number: UInt64, atMost limit: Int) -> (entries: [JournalEntry], missed: UInt64) {
        state.withLock { $0.entries(after: number, atMost: limit) }
    }

    /// The number behind which the entries begin that were completed at this time, in seconds since 1970, or later.
    package func position(since: Double) -> UInt64 { state.withLock { $0.position(since: since) } }

    /// The newest entries that a query means, the newest first.
    package func search(_ query: JournalQuery, atMost limit: Int) -> [JournalEntry] {
        // Looked through outside of the lock: deliveries do not wait for a search.
        let all = state.withLock { $0.packed }
        return Array(all.reversed().lazy.map { JournalEntry($0) }.filter { query.means($0) }.prefix(limit))
    }

    /// The last time that an entry was completed here.
    package func entry(_ id: StreamID, stream: String) -> JournalEntry? {
        guard let index = streams.firstIndex(of: stream) else { return nil }
        let all = state.withLock { $0.packed }
        return all.last { $0.id == id && $0.stream == index }.map { JournalEntry($0) }
    }

    /// The mappings that an entry was planned with; nil when they are gone.
    func rules(of entry: JournalEntry) -> CurrentDestination.Rules? { state.withLock { $0.rules(of: entry) } }
}

/// Which entries of the journal are asked for: those of a `messageId`, a contact or its hash, or an entry ID.
package struct JournalQuery: Sendable {
    private let text: String
    private let knowsContacts: Bool

    /// - Parameter knowsContacts: whether who asks may find out whose an entry is.
    package init(_ text: String, knowsContacts: Bool) {
        self.text = text
        self.knowsContacts = knowsContacts
    }

    func means(_ entry: JournalEntry) -> Bool {
        text.isEmpty || entry.id.description.hasSameBytes(as: text)
            || entry.events.contains { $0.messageID?.hasSameBytes(as: text) ?? false }
            || (knowsContacts && entry.contact.hasSameBytes(as: text)) || entry.contactHash == text
    }
}
