package import JSON

/// A contact of a team.
package struct Contact: Sendable, Equatable {
    package let id: String
    package internal(set) var email: String
    package internal(set) var userID: String?
    package internal(set) var firstName: String?
    package internal(set) var lastName: String?
    package internal(set) var userGroup = ""
    package internal(set) var source = "API"
    package internal(set) var subscribed = true
    package internal(set) var suppressed = false
    package internal(set) var lists: [String: ListMembership] = [:]
    package internal(set) var properties = JSONObject()
    /// Effects on this contact so far; the next one gets the number after it.
    package internal(set) var effects: Int64 = 0

    init(id: String, email: String, userID: String?) {
        self.id = id
        self.email = email
        self.userID = userID
    }

    /// The contact as `contacts/find` answers it.
    var foundBody: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["email"] = .string(email)
        object["firstName"] = firstName.map(JSONValue.string) ?? .null
        object["lastName"] = lastName.map(JSONValue.string) ?? .null
        object["source"] = .string(source)
        object["subscribed"] = .bool(subscribed)
        object["userGroup"] = .string(userGroup)
        object["userId"] = userID.map(JSONValue.string) ?? .null
        let inside = lists.filter { $0.value == .inside }.keys.sorted()
        object["mailingLists"] = .object(JSONObject(inside.map { ($0, JSONValue.bool(true)) }))
        object["optInStatus"] = .null
        for (key, value) in properties {
            object[key] = value
        }
        return .object(object)
    }
}

/// A contact property of a team.
package struct ContactProperty: Sendable, Equatable {
    package enum Kind: String, SettingChoice {
        case string
        case number
        case boolean
        case date
    }

    /// Names that no custom property may have (Loops docs, 2026-11).
    package static let reservedNames: Set<String> = ["id", "listId", "softDeleteAt", "teamId", "updatedAt"]

    /// Properties that every team has. `createdAt` is among the hidden ones: accepted, its effect unknown.
    package static let builtIn: [ContactProperty] = [
        ContactProperty(key: "firstName", label: "First name", kind: .string),
        ContactProperty(key: "lastName", label: "Last name", kind: .string),
        ContactProperty(key: "email", label: "Email", kind: .string),
        ContactProperty(key: "userId", label: "User ID", kind: .string),
        ContactProperty(key: "userGroup", label: "User group", kind: .string),
        ContactProperty(key: "source", label: "Source", kind: .string),
        ContactProperty(key: "subscribed", label: "Subscribed", kind: .boolean),
    ]

    package var key: String
    package var label: String
    package var kind: Kind

    package init(key: String, label: String? = nil, kind: Kind) {
        self.key = key
        self.label = label ?? key
        self.kind = kind
    }
}

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

extension Dictionary where Key == String {
    /// The value of a key with these bytes: `String` itself takes the two forms of `é` for one.
    func exactly(_ key: String) -> Value? {
        guard let index = index(forKey: key), self[index].key.isSameBytes(as: key) else { return nil }
        return self[index].value
    }
}

extension String {
    /// Loops compares in a database and in JavaScript, neither of which knows canonical equivalence.
    func isSameBytes(as other: String) -> Bool { UTF8Key(self) == UTF8Key(other) }
}
