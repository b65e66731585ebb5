/// Something that was answered without an error but shows that the sender is wrong about Loops.
package struct Violation: Sendable, Equatable {
    package enum Kind: String, SettingChoice {
        case unknownProperty = "unknown_property"
        case reservedProperty = "reserved_property"
        case hiddenProperty = "hidden_property"
        case propertyType = "property_type"
        case dateInSeconds = "date_in_seconds"
        case undeclaredEventProperty = "undeclared_event_property"
        case eventPropertyType = "event_property_type"
        case droppedValue = "dropped_value"
        case unknownList = "unknown_list"
        case listAddRefused = "list_add_refused"
        case resubscribed
        case ineffectiveIdempotencyKey = "ineffective_idempotency_key"
        case missingIdempotencyKey = "missing_idempotency_key"
    }

    package let kind: Kind
    package let request: Int64
    /// The property, list or key that it is about.
    package let subject: String
    package let detail: String
}
