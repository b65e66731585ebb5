import JSON

/// Turns the value of a field into what its kind asks for, by the rules of JSON Schema validation with coercion
/// (docs/mapping.md, "Fields, coercion and validation").
enum Coercion {
    static func coerce(_ value: JSONValue, for field: ActionField) -> Result<JSONValue, ValidationFault> {
        switch field.kind {
        case .text: text(value, of: field).map(JSONValue.string)
        case .email:
            text(value, of: field).flatMap { text in
                EmailText.isAddress(text) ? .success(.string(text)) : .failure(format("email", of: field))
            }
        case .boolean: boolean(value, of: field)
        case .object: value.objectValue == nil ? .failure(type("object", of: field)) : .success(value)
        case .datetime: datetime(value, of: field)
        }
    }

    private static func text(_ value: JSONValue, of field: ActionField) -> Result<String, ValidationFault> {
        let value = unwrapped(value)
        switch value {
        case .string(let text): return .success(text)
        case .bool(let flag): return .success(flag ? "true" : "false")
        case .int, .uint, .double: return .success(value.javaScriptNumberText ?? "")
        // Only inside a one-element array: a null of its own was removed before.
        case .null: return .success("")
        case .array, .object: return .failure(type("string", of: field))
        }
    }

    private static func boolean(_ value: JSONValue, of field: ActionField) -> Result<JSONValue, ValidationFault> {
        let value = unwrapped(value)
        switch value {
        case .bool: return .success(value)
        case .null: return .success(false)
        case .string("true"): return .success(true)
        case .string("false"): return .success(false)
        case .int, .uint, .double:
            if value.doubleValue == 1 { return .success(true) }
            if value.doubleValue == 0 { return .success(false) }
            return .failure(type("boolean", of: field))
        case .string, .array, .object: return .failure(type("boolean", of: field))
        }
    }

    /// Of two types none is preferred, so that an array is not unwrapped; a boolean becomes a text that is no date.
    private static func datetime(_ value: JSONValue, of field: ActionField) -> Result<JSONValue, ValidationFault> {
        switch value {
        case .int, .uint: .success(value)
        case .double(let number): number.isFinite ? .success(value) : .failure(format("date-like", of: field))
        case .string(let text) where DateText.isDate(text): .success(value)
        case .string, .bool: .failure(format("date-like", of: field))
        case .null, .array, .object: .failure(type(["string", "number"], of: field))
        }
    }

    /// The element of a one-element array.
    private static func unwrapped(_ value: JSONValue) -> JSONValue {
        if case .array(let elements) = value, elements.count == 1 { elements[0] } else { value }
    }

    private static func type(_ type: JSONValue, of field: ActionField) -> ValidationFault {
        ValidationFault(path: "/\(field.name)", keyword: .type, params: ["type": type])
    }

    private static func format(_ format: JSONValue, of field: ActionField) -> ValidationFault {
        ValidationFault(path: "/\(field.name)", keyword: .format, params: ["format": format])
    }
}

extension ValidationFault: Error {}
