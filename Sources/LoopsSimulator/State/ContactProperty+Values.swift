import JSON

extension ContactProperty.Kind {
    /// Whether a value is of this kind as it stands.
    func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.boolean, .bool): true
        case (.number, .int), (.number, .uint), (.number, .double): true
        case (.date, .int(let milliseconds)): DateText.isMoment(milliseconds)
        case (.date, .string(let text)): DateText.isDate(text)
        default: false
        }
    }

    /// Whether Loops could convert the value, which it says it tries for event properties.
    func converts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .int), (.string, .uint), (.string, .double), (.string, .bool): true
        case (.number, .string(let text)): Double(text) != nil
        case (.boolean, .string(let text)): text == "true" || text == "false"
        default: false
        }
    }

    /// The kind that a new event's property gets from its first value.
    init(of value: JSONValue) {
        switch value {
        case .bool: self = .boolean
        case .int, .uint, .double: self = .number
        case .string(let text): self = DateText.isWrittenDate(text) ? .date : .string
        case .null, .array, .object: self = .string
        }
    }
}

extension JSONValue {
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
