package import JSON

/// Everything that sets one action apart from the others, in one place.
///
/// Nothing has a default: a new action compiles once all of it is decided. A class, since traits are asked for with every field of every event:
/// a copy would count a reference for each closure and each array.
package final class ActionTraits: Sendable {
    /// `PUT` or `POST`.
    package let method: String
    /// Below the base address, without a leading slash.
    package let path: String
    /// The fields that a mapping may set.
    package let fields: [ActionField]
    package let requiredIdentity: RequiredIdentity
    /// The trigger of a mapping that names none; nil where each mapping must name one.
    package let defaultTrigger: String?
    /// The mapping of each field that has a default, in Segment's mapping language.
    package let defaultMapping: JSONObject
    /// Of a mapping that names none.
    package let defaultPriority: Int
    /// Of a mapping that names none; nil for any age.
    package let defaultMaxAge: Duration?
    /// Puts validated fields where Loops expects them.
    let body: @Sendable (JSONObject) -> JSONObject
    /// Whether Loops knows `Idempotency-Key` at this path, so that a repeated attempt takes effect once.
    package let sendsIdempotencyKey: Bool
    /// The field whose members become custom contact properties; nil where no request has any.
    package let contactPropertiesField: String?
    /// Whether ``ContentOptions`` may change its requests.
    package let appliesContentOptions: Bool
    /// Whether several of its requests for one contact may become one.
    package let isMergeable: Bool
    /// Whether nothing of the contact is to be left afterwards, dead letters included.
    package let erasesContact: Bool
    let contactEffect: ContactEffect
    /// What a 404 in Loops' words means.
    let notFoundOutcome: LoopsOutcome

    /// Who the contact is.
    package enum RequiredIdentity: Sendable, Equatable {
        /// What the fields that are required say.
        case requiredFields
        /// `userId` or `email`. Only one of them is sent; the ID is the surer one.
        case userIDOrEmail
    }

    /// The fields that say whose contact it is; none where a request is for an address, whoever has it.
    package var contactFields: [String] {
        switch requiredIdentity {
        case .userIDOrEmail: ["userId", "email"]
        case .requiredFields: fields.filter(\.isIdentity).map(\.name)
        }
    }

    /// What a request does to its contact, besides what it is for.
    enum ContactEffect: Sendable {
        /// It is for nothing else.
        case always
        /// What a body says of the contact, as the body of an update that says the same; nil when it says nothing.
        case asBodySays(@Sendable (JSONObject) -> JSONObject?)
    }

    init(
        method: String,
        path: String,
        fields: [ActionField],
        requiredIdentity: RequiredIdentity,
        defaultTrigger: String?,
        defaultMapping: JSONObject,
        defaultPriority: Int,
        defaultMaxAge: Duration?,
        body: @escaping @Sendable (JSONObject) -> JSONObject,
        sendsIdempotencyKey: Bool,
        contactPropertiesField: String?,
        appliesContentOptions: Bool,
        isMergeable: Bool,
        erasesContact: Bool,
        contactEffect: ContactEffect,
        notFoundOutcome: LoopsOutcome
    ) {
        self.method = method
        self.path = path
        self.fields = fields
        self.requiredIdentity = requiredIdentity
        self.defaultTrigger = defaultTrigger
        self.defaultMapping = defaultMapping
        self.defaultPriority = defaultPriority
        self.defaultMaxAge = defaultMaxAge
        self.body = body
        self.sendsIdempotencyKey = sendsIdempotencyKey
        self.contactPropertiesField = contactPropertiesField
        self.appliesContentOptions = appliesContentOptions
        self.isMergeable = isMergeable
        self.erasesContact = erasesContact
        self.contactEffect = contactEffect
        self.notFoundOutcome = notFoundOutcome
    }
}

extension JSONValue {
    /// The value at a path where it exists, else something else, in Segment's mapping language.
    static func first(_ path: JSONValue, or otherwise: JSONValue) -> JSONValue {
        ["@if": ["exists": ["@path": path], "then": ["@path": path], "else": otherwise]]
    }
}
