import JSON
import LoopsSimulator

extension JournalEntry {
    /// What the properties begin with that mark the identifies in a merged update.
    static let markPrefix = "mark"

    /// Whose events it is about, and which ones, in order; nil when it is not about a numbered one.
    var numbered: (user: String, sequences: [Int64])? {
        guard let userID else { return nil }
        if let sequenceNumber { return (userID, [sequenceNumber]) }
        let fields = (try? JSONParser.parse(body))?.objectValue ?? [:]
        let marks = fields.keys.filter { $0.hasPrefix(Self.markPrefix) }
        let sequences = marks.compactMap { Int64($0.dropFirst(Self.markPrefix.count)) }.sorted()
        return sequences.isEmpty ? nil : (userID, sequences)
    }

    /// The names of its events.
    var names: [String] { numbered.map { user, sequences in sequences.map { "\(user)-\($0)" } } ?? [] }

    /// When it ended; at once, when that is not known.
    var end: Int64 { endNanoseconds ?? arrivalNanoseconds }

    /// The replica that sent it.
    var replica: String { headers.first { $0.name == "user-agent" }?.value ?? "" }
}
