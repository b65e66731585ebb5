import JSON

/// A trigger, parsed: what is asked of an event.
indirect enum TriggerNode: Sendable, Equatable {
    case test(TriggerField, TriggerTest)
    case all([TriggerNode])
    case any([TriggerNode])
    /// Segment reads nothing that it can evaluate.
    case never

    /// The node for conditions joined by one conjunction; a single one needs none.
    static func group(_ nodes: [TriggerNode], by conjunction: TriggerConjunction) -> TriggerNode {
        guard let first = nodes.first else { return .never }
        guard nodes.count > 1 else { return first }
        return conjunction == .and ? .all(nodes) : .any(nodes)
    }

    func matches(_ event: JSONObject) -> Bool {
        switch self {
        case .test(let field, let test): return test.passes(field.value(in: event))
        case .all(let nodes):
            for node in nodes where !node.matches(event) { return false }
            return true
        case .any(let nodes):
            for node in nodes where node.matches(event) { return true }
            return false
        case .never: return false
        }
    }
}

enum TriggerConjunction: String, Sendable {
    case and
    case or
}

/// The left side of a condition.
struct TriggerField: Sendable, Equatable {
    enum Root: String, Sendable, CaseIterable {
        case type, event, name, userId, properties, traits, context

        /// Whether the root is an object that is asked for something inside it.
        var hasMembers: Bool {
            switch self {
            case .properties, .traits, .context: true
            case .type, .event, .name, .userId: false
            }
        }
    }

    let root: Root
    let path: EventPath

    func value(in event: JSONObject) -> JSONValue? { path.value(in: event[root.rawValue]) }
}
