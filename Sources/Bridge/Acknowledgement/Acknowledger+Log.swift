import Logging
import StreamGroups

extension Acknowledger {
    /// At `debug`, one line an entry: what became of it, by which mappings, and how long that took.
    func log(_ ends: [EntryCompletion], now: Double) {
        guard logger.logLevel <= .debug else { return }
        for end in ends {
            let entry = JournalEntry(number: 0, end: end, completedAt: now)
            logger.debug(
                "Entry completed",
                metadata: [
                    "stream": "\(state.keys.stream)", "id": "\(end.id)", "contact": "\(entry.contactHash)",
                    "outcome": "\(entry.outcome.rawValue)",
                    "mapping": "\(end.mappings.map(\.mapping).joined(separator: ","))",
                    "attempts": "\(end.attempts)", "milliseconds": "\(Int(entry.seconds * 1000))",
                ]
            )
        }
    }
}
