package import JSON
package import Segment

/// Explains lines of NDJSON where ``LineMapper`` answers them.
package struct LineExplainer: Sendable {
    package enum Answer: Sendable, Equatable {
        case explained(Explanation)
        /// A line that asks about a trigger alone.
        case trigger(String, TriggerExplanation)
        /// There is nothing to explain: a fault of the line, or the value of a mapping.
        case plain(JSONValue)
    }

    private let destination: Destination
    private let mapper: LineMapper

    /// - Parameter destination: for lines that bring no mappings.
    package init(destination: Destination) {
        self.destination = destination
        self.mapper = LineMapper(destination: destination)
    }

    package func explain(_ line: [UInt8]) -> Answer {
        guard let json = try? JSONParser.parse(line), case .object(let object) = json else {
            return .plain(mapper.map(line))
        }
        guard let event = object["event"], case .object = event else {
            var explanation = destination.explain(SegmentEvent.asRead(json))
            explanation.hints = EventHints.hints(for: json)
            return .explained(explanation)
        }
        if let text = object["fql"]?.stringValue, let trigger = try? Trigger(parsing: text) {
            return .trigger(text, trigger.explain(event))
        }
        if object["fql"] != nil || object["mapping"] != nil { return .plain(mapper.map(json)) }
        guard let mappings = object["mappings"] else { return .explained(destination.explain(event)) }
        // Mappings in a line may be bad one by one; a bad one leaves nothing to explain.
        guard let elements = mappings.arrayValue, elements.count <= Destination.mappingsMax,
            let destination = try? Destination(mappings: elements.map(LineMapper.mapping))
        else { return .plain(mapper.map(json)) }
        return .explained(destination.explain(event))
    }
}
