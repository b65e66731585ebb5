extension JSONValue {
    /// The object, or nil when the value is of another kind.
    package var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements, or nil when the value is of another kind.
    package var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The text of a string, or nil when the value is of another kind; numbers are not converted.
    package var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The truth value, or nil when the value is of another kind; nothing is coerced.
    package var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// Any kind of number as the nearest `Double`, or nil when the value is not a number.
    package var doubleValue: Double? {
        switch self {
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        case .double(let number): number
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A number that is exactly a 64-bit integer (`2` and `2.0`, not `2.5`), or nil.
    package var integerValue: Int64? {
        switch self {
        case .int(let number): number
        case .uint(let number): Int64(exactly: number)
        case .double(let number): Int64(ifWhole: number)
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// Whether the value is `null`.
    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The value of `key`; nil when this is not an object or has no such key.
    package subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }
}
