package import Destination
import JSON
import RedisStreams
import Segment

/// Why an entry became what it became, by the mappings that it was planned with.
package struct JournalExplanation: Sendable {
    /// One for each event, as `map --explain` writes it.
    package var explanations: [Explanation] = []
    /// Why events of it were sent nowhere, one sentence each.
    package var reasons: [String] = []
    /// Why there is no explanation; nil when there is one.
    package var unavailable: String?
}

extension EventJournal {
    /// The events of an entry that are explained.
    private static let explained = 8
    /// The reasons that are told.
    private static let maxReasons = 20

    /// Reads the entry again, and holds it against the mappings of its time. Costs as much as planning it did: for those who ask.
    package func explain(_ entry: JournalEntry) -> JournalExplanation {
        if entry.outcome == .lost {
            return JournalExplanation(unavailable: "The entry was gone from the stream when it was to be read.")
        }
        guard let bytes = entry.entryBytes else {
            return JournalExplanation(unavailable: "The entry was not looked into.")
        }
        guard bytes <= Journal.entryBytes else {
            return JournalExplanation(
                unavailable: "The entry has \(bytes) bytes; the journal keeps the beginning of one that is so large."
            )
        }
        let decoded = decoder.decode(StreamEntry(id: entry.id, fields: entry.fields))
        guard let destination = rules(of: entry)?.destination else {
            return JournalExplanation(
                unavailable:
                    "The mappings were loaded \(Journal.explainedLoads) times since it was planned; those of its time are gone."
            )
        }
        var answer = JournalExplanation()
        for event in decoded.events.prefix(Self.explained) {
            if integrations.skips(event) {
                answer.reasons.append("the event's integrations switch Loops off")
            }
            let explanation = destination.explain(event.json)
            answer.explanations.append(explanation)
            for mapping in explanation.mappings where answer.reasons.count < Self.maxReasons {
                guard let reason = mapping.reason else { continue }
                answer.reasons.append("\(mapping.name): \(reason)")
            }
        }
        return answer
    }
}

extension MappingExplanation {
    /// Why it sent nothing, in a few words; nil when it sent something.
    var reason: String? {
        switch end {
        case .request: nil
        case .off: "it is off"
        case .faults(let faults): faults.first
        case .notMatched:
            trigger.root.failing.map { condition in
                let found = condition.found.map { "the event has \($0.visibleText)" } ?? "the event has nothing there"
                return "not \(condition.text): \(found)"
            } ?? "its trigger has no condition, so that it never matches"
        }
    }
}

extension TriggerExplanation.Part {
    /// The first condition that is not met and decides.
    var failing: TriggerExplanation.Condition? {
        switch self {
        case .condition(let condition): condition.isMet ? nil : condition
        case .all(let parts), .any(let parts): isMet ? nil : parts.lazy.compactMap(\.failing).first
        case .nothing: nil
        }
    }
}
