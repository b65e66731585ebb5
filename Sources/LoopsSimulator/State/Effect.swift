public import JSON

/// One change that a request made: the evidence that the judge works from.
public struct Effect: Sendable, Equatable {
    public struct Change: Sendable, Equatable {
        public let field: String
        public let before: JSONValue
        public let after: JSONValue

        public init(field: String, before: JSONValue, after: JSONValue) {
            self.field = field
            self.before = before
            self.after = after
        }
    }

    public enum Kind: Sendable, Equatable {
        case contactCreated
        /// Fields that took another value; empty when the request said only what was so already.
        case contactUpdated([Change])
        case contactDeleted
        case event(name: String, properties: JSONObject)
        case listChanged(list: String, from: ListMembership?, to: ListMembership)
        case listAddRefused(list: String)
        case transactional(TransactionalMail)

        public var name: String {
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
    public let sequence: Int64
    /// Number among the effects of this contact, from 1.
    public let contactSequence: Int64
    /// Monotonic time of the commit.
    public let committedNanoseconds: Int64
    /// The journal entry that made it.
    public let request: Int64
    public let team: String
    public let contactID: String
    /// Identity of the contact after the change.
    public let userID: String?
    public let email: String
    /// Identity that the request gave: its userId, else its email.
    public let contactKey: String
    public let operation: Endpoint
    public let kind: Kind
    public let idempotencyKey: String?
    /// The test generator's marker and sequence number, read from the request whether or not Loops would keep them.
    public let marker: String?
    public let sequenceNumber: Int64?

    /// Whether this is the effect that stands for its request (a request has one of these, and possibly list changes).
    public var isPrincipal: Bool {
        switch kind {
        case .event: operation == .sendEvent
        case .contactCreated, .contactUpdated: operation == .updateContact || operation == .createContact
        case .contactDeleted: true
        case .transactional: true
        case .listChanged, .listAddRefused: false
        }
    }
}
