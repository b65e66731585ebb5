/// A contact property of a team.
public struct ContactProperty: Sendable, Equatable {
    public enum Kind: String, SettingChoice {
        case string
        case number
        case boolean
        case date
    }

    /// Names that no custom property may have (Loops docs, 2026-11).
    public static let reservedNames: Set<String> = ["id", "listId", "softDeleteAt", "teamId", "updatedAt"]

    /// Properties that every team has. `createdAt` is among the hidden ones: accepted, its effect unknown.
    public static let builtIn: [ContactProperty] = [
        ContactProperty(key: "firstName", label: "First name", kind: .string),
        ContactProperty(key: "lastName", label: "Last name", kind: .string),
        ContactProperty(key: "email", label: "Email", kind: .string),
        ContactProperty(key: "userId", label: "User ID", kind: .string),
        ContactProperty(key: "userGroup", label: "User group", kind: .string),
        ContactProperty(key: "source", label: "Source", kind: .string),
        ContactProperty(key: "subscribed", label: "Subscribed", kind: .boolean),
    ]

    public var key: String
    public var label: String
    public var kind: Kind

    public init(key: String, label: String? = nil, kind: Kind) {
        self.key = key
        self.label = label ?? key
        self.kind = kind
    }
}
