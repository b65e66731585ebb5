package import JSON

/// What a team has at Loops that a request can name: contact properties and mailing lists.
package struct LoopsAccount: Sendable, Equatable {
    /// What a contact property holds.
    package enum PropertyType: String, Sendable, CaseIterable {
        case string
        case number
        case boolean
        case date

        /// Whether Loops is known to keep such a value. `null` empties a property of any type; a date may be text or a number.
        package func takes(_ value: JSONValue) -> Bool {
            switch (self, value) {
            case (_, .null), (.string, .string), (.boolean, .bool): true
            case (.number, .int), (.number, .uint), (.number, .double): true
            case (.date, .string), (.date, .int), (.date, .uint), (.date, .double): true
            default: false
            }
        }

        /// The type of a value; nil of one that no property holds.
        package init?(of value: JSONValue) {
            switch value {
            case .string: self = .string
            case .int, .uint, .double: self = .number
            case .bool: self = .boolean
            case .null, .array, .object: return nil
            }
        }
    }

    /// The type by name; nil for one that this program does not know.
    package var properties: [String: PropertyType?]
    /// The name by ID.
    package var lists: [String: String]

    package init(properties: [String: PropertyType?], lists: [String: String]) {
        self.properties = properties
        self.lists = lists
    }
}

/// Loops did not say what was asked for.
package struct LoopsAccountError: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let response: LoopsResponse

    package var description: String {
        response.outcome.isDelivered
            ? "GET \(path) was answered with something that is no list" : "GET \(path) failed: \(response.cause)"
    }
}
