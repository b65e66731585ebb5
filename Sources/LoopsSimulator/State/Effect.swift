package import JSON

/// One change that a request made: the evidence that the judge works from.
package struct Effect: Sendable, Equatable {
    package struct Change: Sendable, Equatable {
        package let field: String
        package let before: JSONValue
        package let after: JSONValue

        package init(field: String, before: JSONValue, after: JSONValue) {
            self.field = field
            self.before = before
            self.after = after
        }
    }

    package enum Kind: Sendable, Equatable {
        case contactCreated
        /// Fields that took another value; empty when the request said only what was so already.
        case contactUpdated([Change])
        case contactDeleted
        case event(name: String, properties: JSONObject)
        case listChanged(list: String, from: ListMembership?, to: ListMembership)
        case listAddRefused(list: String)
        case transactional(TransactionalMail)

        package var name: String {
            switch self {
            case .contactCreated: "contact_created"
            case .contactUpdated: "contact_updated"
            case .contactDeleted: "contact_deleted"
            case .event: "event"
            case .listChanged: "list_changed"
            case .listAddRefused: "list_add_refused"
            case .transactional: "transactional"
            }
        }
    }

    /// Number among all effects, from 1.
    package let sequence: Int64
    /// Number among the effects of this contact, from 1.
    package let contactSequence: Int64
    /// Monotonic time of the commit.
    package let committedNanoseconds: Int64
    /// The journal entry that made it.
    package let request: Int64
    package let team: String
    package let contactID: String
    /// Identity of the contact after the change.
    package let userID: String?
    package let email: String
    /// Identity that the request gave: its userId, else its email.
    package let contactKey: String
    package let operation: Endpoint
    package let kind: Kind
    package let idempotencyKey: String?
    /// The test generator's marker and sequence number, read from the request whether or not Loops would keep them.
    package let marker: String?
    package let sequenceNumber: Int64?

    /// Whether this is the effect that stands for its request (a request has one of these, and possibly list changes).
    package var isPrincipal: Bool {
        switch kind {
        case .event: operation == .sendEvent
        case .contactCreated, .contactUpdated: operation == .updateContact || operation == .createContact
        case .contactDeleted: true
        case .transactional: true
        case .listChanged, .listAddRefused: false
        }
    }
}

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
