package import JSON

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
