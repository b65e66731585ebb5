public import JSON
import Loops

/// What becomes of events: mappings in their order, each with a trigger, an action and its fields.
public struct Destination: Sendable {
    /// Segment's limit.
    public static let mappingsMax = 50

    public let mappings: [DestinationMapping]

    /// - Throws: ``DestinationFault/tooManyMappings(_:)``
    public init(mappings: [DestinationMapping]) throws(DestinationFault) {
        guard mappings.count <= Self.mappingsMax else { throw .tooManyMappings(mappings.count) }
        self.mappings = mappings
    }

    private init(presets: [DestinationMapping]) {
        self.mappings = presets
    }

    /// The two presets of Segment's destination: identify updates the contact, track sends an event.
    public static let presets = Destination(
        presets: [
            // Both are constants of this program and compile, which a test asserts.
            try? DestinationMapping(name: "Create or update contact", action: .createOrUpdateContact),
            try? DestinationMapping(name: "Send event", action: .sendEvent),
        ].compactMap(\.self)
    )

    /// One result for each enabled mapping, in order. A failure in one does not stop the others.
    public func results(for event: JSONValue) -> [MappingResult] {
        mappings.filter(\.isEnabled).map { mapping in
            MappingResult(mapping: mapping.name, priority: mapping.priority, outcome: mapping.result(for: event))
        }
    }
}
