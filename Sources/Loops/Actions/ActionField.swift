/// A field of an action: what a mapping may give a value.
package struct ActionField: Sendable, Equatable {
    /// What the field takes, after coercion.
    package enum Kind: String, Sendable, Equatable {
        case text
        /// A text that looks like an address (``EmailFormat``).
        case email
        case boolean
        case object
        /// Files with a name, a type and their content in base64 (``Attachments``).
        case attachments
        /// A number, or a text that looks like a date (``DateText``); sent as it came.
        case datetime
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// Whether it says whose contact it is: integers keep all their digits, where Segment rounds them (**ours**).
    package let isIdentity: Bool

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, isIdentity: Bool = false) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.isIdentity = isIdentity
    }
}
