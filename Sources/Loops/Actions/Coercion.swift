import JSON
import JavaScript

/// Turns the value of a field into what its kind asks for, by the rules of JSON Schema validation with coercion
/// (docs/reference/validation.md).
enum Coercion {
    static func coerce(_ value: JSONValue, for field: ActionField) -> Result<JSONValue, FieldError> {
        switch field.kind {
        case .text: text(value, of: field).map(JSONValue.string)
        case .email:
            text(value, of: field).flatMap { text in
                EmailFormat.isAddress(text) ? .success(.string(text)) : .failure(format("email", of: field))
            }
        case .boolean: boolean(value, of: field)
        case .object: value.objectValue == nil ? .failure(type("object", of: field)) : .success(value)
        case .datetime: datetime(value, of: field)
        case .attachments: Attachments.coerce(value, of: field)
        }
    }

    private static func text(_ value: JSONValue, of field: ActionField) -> Result<String, FieldError> {
        let value = unwrapped(value)
        if isUndefined(value) { return .failure(type("string", of: field)) }
        if field.isIdentity, let digits = digits(value) { return .success(digits) }
        switch value {
        case .string(let text): return .success(text)
        case .bool(let flag): return .success(flag ? "true" : "false")
        case .int, .uint, .double: return .success(value.javaScriptNumberText ?? "")
        // Only inside a one-element array: a null of its own was removed before.
        case .null: return .success("")
        case .array, .object: return .failure(type("string", of: field))
        }
    }

    private static func boolean(_ value: JSONValue, of field: ActionField) -> Result<JSONValue, FieldError> {
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

    /// Of two types none is preferred: what has one of them stays. A boolean becomes a text that is no date.
    ///
    /// The element of a one-element array is brought to the *other* type instead: a number becomes a text, and a text a number.
    private static func datetime(_ value: JSONValue, of field: ActionField) -> Result<JSONValue, FieldError> {
        if case .array(let elements) = value, elements.count == 1 {
            guard !isUndefined(elements[0]), let swapped = swapped(elements[0]) else {
                return .failure(type(["string", "number"], of: field))
            }
            return datetime(swapped, of: field)
        }
        switch value {
        case .int, .uint: return .success(value)
        case .double(let number): return number.isFinite ? .success(value) : .failure(format("date-like", of: field))
        case .string(let text) where DateLikeFormat.isDate(text): return .success(value)
        case .string, .bool: return .failure(format("date-like", of: field))
        case .null, .array, .object: return .failure(type(["string", "number"], of: field))
        }
    }

    /// A number or a truth value as text, a text as the number in it. Null is an empty text, which is no date.
    private static func swapped(_ element: JSONValue) -> JSONValue? {
        switch element {
        case .null: return ""
        case .bool(let flag): return .string(flag ? "true" : "false")
        case .int, .uint, .double: return .string(element.javaScriptNumberText ?? "")
        case .string(let text):
            let number = NumberParser.parse(text)
            if text.isEmpty || number.isNaN { return Optional.none }
            return JSONValue.double(number).integerValue.map(JSONValue.int) ?? .double(number)
        case .array, .object: return Optional.none
        }
    }

    /// Whether a mapping's path led nowhere: Segment's resolver leaves a NaN there, which no event can bring.
    private static func isUndefined(_ value: JSONValue) -> Bool {
        if case .double(let number) = value { number.isNaN } else { false }
    }

    /// The digits of an integer that JavaScript would round: two contacts must not become one.
    private static func digits(_ value: JSONValue) -> String? {
        switch value {
        case .int(let number): number.magnitude >= 1 << 53 ? String(number) : nil
        case .uint(let number): String(number)
        case .null, .bool, .double, .string, .array, .object: nil
        }
    }

    /// The element of a one-element array.
    private static func unwrapped(_ value: JSONValue) -> JSONValue {
        if case .array(let elements) = value, elements.count == 1 { elements[0] } else { value }
    }

    private static func type(_ type: JSONValue, of field: ActionField) -> FieldError {
        FieldError(path: "/\(field.name)", keyword: .type, params: ["type": type])
    }

    private static func format(_ format: JSONValue, of field: ActionField) -> FieldError {
        FieldError(path: "/\(field.name)", keyword: .format, params: ["format": format])
    }
}

extension FieldError: Error {}
