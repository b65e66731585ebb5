package import JSON
import Loops
import Segment

/// What becomes of events: mappings in their order, each with a trigger, an action and its fields.
package struct Destination: Sendable {
    /// Segment's limit.
    package static let mappingsMax = 50

    package let mappings: [DestinationMapping]
    private let enabled: [DestinationMapping]
    /// What the writer of the mappings should know, one sentence each; empty for most.
    package let warnings: [String]
    /// Tells these mappings from others: of the text that they were read from, so the same on every replica with the same file.
    package let digest: String

    /// - Throws: ``DestinationError/tooManyMappings(_:)``
    package init(mappings: [DestinationMapping]) throws(DestinationError) {
        guard mappings.count <= Self.mappingsMax else { throw .tooManyMappings(mappings.count) }
        self.init(checked: mappings, warnings: [])
    }

    /// At most ``mappingsMax`` mappings.
    /// - Parameter digest: empty when they were not read from a file.
    init(checked mappings: [DestinationMapping], warnings: [String], digest: String = "") {
        self.mappings = mappings
        enabled = mappings.filter(\.isEnabled)
        self.warnings = warnings
        self.digest = digest
    }

    /// The two presets of Segment's destination: identify updates the contact, track sends an event.
    package static let presets = Destination(
        checked: [
            // Both are constants of this program and compile, which a test asserts.
            try? DestinationMapping(name: "Create or update contact", action: .createOrUpdateContact),
            try? DestinationMapping(name: "Send event", action: .sendEvent),
        ].compactMap(\.self),
        warnings: []
    )

    /// One result for each enabled mapping, in order. A failure in one does not stop the others.
    package func results(for event: JSONValue) -> [MappingResult] {
        enabled.map { $0.result(for: event) }
    }
}

extension Destination {
    /// Whether an enabled mapping's trigger matches.
    package func matches(_ event: JSONValue) -> Bool { enabled.contains { $0.trigger.matches(event) } }
}
