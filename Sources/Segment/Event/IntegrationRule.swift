import JSON

/// Whether an event's `integrations` keep it from this destination.
///
/// In Segment this happens before a destination sees an event. An event is skipped when a name of ours is `false`, or
/// when `All` is `false` and no name of ours is `true` or an object.
package struct IntegrationRule: Sendable, Equatable {
    package static let defaultName = "Loops (Actions)"
    /// Names that count besides the configured one.
    package static let otherNames = ["Loops", "actions-loops"]

    private let names: [String]

    /// - Parameter name: the name that events use for this destination.
    package init(name: String = Self.defaultName) {
        self.names = [name] + Self.otherNames.filter { $0 != name }
    }

    package func skips(_ event: SegmentEvent) -> Bool {
        guard case .object(let integrations)? = event.json["integrations"] else { return false }
        var isAsked = false
        for name in names {
            switch integrations[name] {
            case .bool(false)?: return true
            case .bool(true)?, .object?: isAsked = true
            default: break
            }
        }
        return !isAsked && integrations["All"] == .bool(false)
    }
}
