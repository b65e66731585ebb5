package import JSON
import Segment

/// What a destination makes of one event, and why: what `loops-bridge map --explain` shows.
package struct Explanation: Sendable, Equatable {
    package let event: JSONValue
    /// Whether the event's `integrations` keep it from the destination under its usual names. It is explained all the
    /// same, as a dry run.
    package let isSwitchedOff: Bool
    /// What differs from what Segment's own libraries send, one sentence each.
    package internal(set) var hints: [String]
    /// All mappings in their order, those that are off as well.
    package let mappings: [MappingExplanation]

    package init(event: JSONValue, mappings: [MappingExplanation]) {
        self.event = event
        self.isSwitchedOff = (try? SegmentEvent(event)).map(IntegrationRule().skips) ?? false
        self.hints = EventHints.hints(for: event)
        self.mappings = mappings
    }
}

extension Destination {
    /// What becomes of an event as ``results(for:)`` has it, and the way there.
    package func explain(_ event: JSONValue) -> Explanation {
        Explanation(event: event, mappings: mappings.map { $0.explain(event) })
    }
}
