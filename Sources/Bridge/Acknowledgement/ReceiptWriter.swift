import StreamGroups
import Support

/// Makes the receipts of entries, where they are written.
struct ReceiptWriter: Sendable {
    /// How long the stream of receipts may get, roughly; 0: none are written.
    let maxLength: Int
    /// This replica's name.
    let replica: String

    var isOn: Bool { maxLength > 0 }

    /// - Parameter now: milliseconds since 1970.
    func text(_ end: EntryCompletion, now: Int64) -> String {
        Receipt(
            entry: end.id,
            outcome: JournalEntry.Outcome(end.kind).rawValue,
            messageIDs: Array((end.record?.events ?? []).lazy.compactMap(\.messageID).prefix(Receipt.messageIDsMax)),
            contactHash: Redaction.hash(end.contact),
            mappings: end.mappings.map { ($0.mapping, $0.kind.rawValue) },
            attempts: end.attempts,
            at: now,
            replica: replica
        ).text
    }

    /// One for each entry of a batch; none where none are written.
    func texts(_ ends: [EntryCompletion]) -> [String] {
        guard isOn else { return [] }
        let now = Int64(WallClock.secondsSince1970 * 1000)
        return ends.map { text($0, now: now) }
    }
}
