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
