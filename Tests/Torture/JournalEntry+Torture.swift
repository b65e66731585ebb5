import LoopsSimulator

extension JournalEntry {
    /// Whether Loops has it now: it took effect, or had taken effect before.
    var isTaken: Bool { isCommitted || status == 409 }

    /// Whose event it is, and which one.
    var numbered: (user: String, sequence: Int64)? {
        guard let userID, let sequenceNumber else { return nil }
        return (userID, sequenceNumber)
    }

    /// When it ended; at once, when that is not known.
    var end: Int64 { endNanoseconds ?? arrivalNanoseconds }

    /// The replica that sent it.
    var replica: String { headers.first { $0.name == "user-agent" }?.value ?? "" }
}
