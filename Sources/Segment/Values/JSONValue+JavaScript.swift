import JSON

extension JSONValue {
    /// Whether JavaScript takes the value for true in a condition.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .uint(let number): number != 0
        case .double(let number): number != 0 && !number.isNaN
        case .string(let text): !text.isEmpty
        case .array, .object: true
        }
    }

    /// JavaScript's `String(value)`: arrays joined by commas with nothing for null, objects as `[object Object]`.
    var javaScriptText: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int, .uint, .double: isUndefinedMember ? "undefined" : javaScriptNumberText ?? ""
        case .string(let text): text
        case .array(let elements):
            elements.map { $0.isNull || $0.isUndefinedMember ? "" : $0.javaScriptText }.joined(separator: ",")
        case .object: "[object Object]"
        }
    }

    /// JavaScript's `value == ""`.
    var isLooselyEmpty: Bool {
        switch self {
        case .null, .object: false
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .uint(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .array: javaScriptText.isEmpty
        }
    }

    /// What JavaScript's `typeof` and Segment's messages call the kind of value.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int, .uint, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// `undefined` inside an object or array, while a mapping is being resolved.
///
/// JSON has no NaN, so no event brings one; a merge needs to see an undefined member, since it hides an earlier one.
extension JSONValue {
    static let undefinedMember = JSONValue.double(.nan)

    var isUndefinedMember: Bool {
        if case .double(let number) = self { number.isNaN } else { false }
    }

    /// The value as JSON has it: undefined members are gone, undefined elements are null.
    func withoutUndefined() -> JSONValue {
        switch self {
        case .object(let object):
            var cleaned = JSONObject()
            for (key, value) in object where !value.isUndefinedMember { cleaned[key] = value.withoutUndefined() }
            return .object(cleaned)
        case .array(let elements):
            return .array(elements.map { $0.isUndefinedMember ? .null : $0.withoutUndefined() })
        case .null, .bool, .int, .uint, .double, .string: return self
        }
    }
}

extension JSONValue {
    private static let prototypeKey = "__proto__"

    /// The value without members named `__proto__`: JavaScript, which sets them one by one, takes them for the object's prototype.
    func withoutPrototypes() -> JSONValue {
        guard hasPrototypes else { return self }
        switch self {
        case .object(let object):
            var kept = JSONObject()
            for (key, value) in object where !key.hasSameBytes(as: Self.prototypeKey) {
                kept[key] = value.withoutPrototypes()
            }
            return .object(kept)
        case .array(let elements): return .array(elements.map { $0.withoutPrototypes() })
        case .null, .bool, .int, .uint, .double, .string: return self
        }
    }

    private var hasPrototypes: Bool {
        switch self {
        case .object(let object):
            object.contains { $0.key.hasSameBytes(as: Self.prototypeKey) || $0.value.hasPrototypes }
        case .array(let elements): elements.contains(where: \.hasPrototypes)
        case .null, .bool, .int, .uint, .double, .string: false
        }
    }
}
