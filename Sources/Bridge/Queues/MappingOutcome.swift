/// What became of one event by one mapping that took it.
struct MappingOutcome: Sendable, Equatable {
    /// A closed set: it is a metric label.
    enum Kind: String, Sendable, CaseIterable {
        case delivered, deleted, expired
        case deadLettered = "dead_lettered"
    }

    let mapping: String
    let kind: Kind
    /// Whether it became a request, or failed before that.
    var hadRequest = true
}

extension PlannedEntry {
    /// What became of the entry by each mapping that took it. Only when it is finished.
    var mappingOutcomes: [MappingOutcome] {
        var outcomes: [MappingOutcome] = []
        outcomes.reserveCapacity(steps.count + faults.count)
        // A request that failed is among the faults, and its step is not delivered.
        var left = faults.compactMap(\.mapping)
        for step in steps where !step.isRepetition {
            if let index = left.firstIndex(of: step.mapping) {
                left.remove(at: index)
                outcomes.append(MappingOutcome(mapping: step.mapping, kind: .deadLettered))
                continue
            }
            let kind: MappingOutcome.Kind =
                if step.isExpired {
                    .expired
                } else { !erasedContacts.isEmpty && step.deletesContact ? .deleted : .delivered }
            outcomes.append(MappingOutcome(mapping: step.mapping, kind: kind))
        }
        outcomes += left.map { MappingOutcome(mapping: $0, kind: .deadLettered, hadRequest: false) }
        return outcomes
    }
}
