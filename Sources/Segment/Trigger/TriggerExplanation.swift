package import JSON

/// Why a trigger passed an event or did not: its conditions as Segment reads them, each with what it met.
package struct TriggerExplanation: Sendable, Equatable {
    /// One comparison or call of a function.
    package struct Condition: Sendable, Equatable {
        /// In the trigger's language, as it is evaluated: `type = 5` asks for a text and is `type = "5"`.
        package let text: String
        package let isMet: Bool
        /// What the event has in the condition's field; nil where it has nothing.
        package let found: JSONValue?

        package init(text: String, isMet: Bool, found: JSONValue?) {
            self.text = text
            self.isMet = isMet
            self.found = found
        }
    }

    package indirect enum Part: Sendable, Equatable {
        case condition(Condition)
        /// Parts joined by `and`.
        case all([Part])
        /// Parts joined by `or`.
        case any([Part])
        /// Segment reads no condition in the trigger, so that it never matches.
        case nothing

        package var isMet: Bool {
            switch self {
            case .condition(let condition): condition.isMet
            case .all(let parts): parts.allSatisfy(\.isMet)
            case .any(let parts): parts.contains(where: \.isMet)
            case .nothing: false
            }
        }
    }

    /// As ``Trigger/matches(_:)`` answers.
    package let isMatched: Bool
    package let root: Part

    package init(isMatched: Bool, root: Part) {
        self.isMatched = isMatched
        self.root = root
    }
}

extension Trigger {
    /// What ``matches(_:)`` answers, and why. All conditions are looked at, also those that decide nothing any more.
    package func explain(_ event: JSONValue) -> TriggerExplanation {
        guard case .object(let object) = event else {
            return TriggerExplanation(isMatched: false, root: node.explain(JSONObject()))
        }
        let root = node.explain(object)
        return TriggerExplanation(isMatched: root.isMet, root: root)
    }
}

extension TriggerNode {
    fileprivate func explain(_ event: JSONObject) -> TriggerExplanation.Part {
        switch self {
        case .test(let field, let test):
            let found = field.value(in: event)
            return .condition(.init(text: test.text(of: field), isMet: test.passes(found), found: found))
        case .all(let nodes): return .all(nodes.map { $0.explain(event) })
        case .any(let nodes): return .any(nodes.map { $0.explain(event) })
        case .never: return .nothing
        }
    }
}
