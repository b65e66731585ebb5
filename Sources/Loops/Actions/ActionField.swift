package import JSON

/// A field of an action: what a mapping may give a value.
package struct ActionField: Sendable, Equatable {
    /// What the field takes, after coercion.
    package enum Kind: String, Sendable, Equatable {
        case text
        /// A text that looks like an address (``EmailFormat``).
        case email
        case boolean
        case object
        /// Files with a name, a type and their content in base64 (``Attachments``).
        case attachments
        /// A number, or a text that looks like a date (``DateLikeFormat``); sent as it came.
        case datetime
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// Whether it says whose contact it is: integers keep all their digits, where Segment rounds them (**ours**).
    package let isIdentity: Bool

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, isIdentity: Bool = false) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.isIdentity = isIdentity
    }
}

/// What an action does with the value of one field.
package enum FieldResult: Sendable, Equatable {
    /// The action has no such field: left out.
    case unknown
    /// Null or an empty text: left out.
    case empty
    /// Taken, as the field's kind asks for it.
    case taken(JSONValue)
    case refused(FieldError)
}

extension LoopsAction {
    /// What becomes of a field's value, by the same rules as ``request(from:)``.
    package func fate(of value: JSONValue, in name: String) -> FieldResult {
        guard let field = traits.fields.first(where: { $0.name == name }) else { return .unknown }
        if Self.isEmpty(value) { return .empty }
        switch Coercion.coerce(value, for: field) {
        case .success(let value): return .taken(value)
        case .failure(let fault): return .refused(fault)
        }
    }

    static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .bool, .int, .uint, .double, .array, .object: false
        }
    }
}
