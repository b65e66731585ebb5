/// What is changed in a request so that Loops takes all of it. Everything is off unless asked for: Segment sends as is,
/// and Loops then answers 400 or drops silently (Loops docs and API 1.21.6, 2026-11).
package struct ContentOptions: Sendable, Equatable {
    /// What becomes of objects and arrays in properties, which Loops does not know.
    package enum Nested: String, Sendable, CaseIterable {
        case send
        /// One level, names joined by `_`, elements of arrays under their index.
        case flatten
        case drop
    }

    /// What becomes of a text that is longer than Loops takes.
    package enum LongText: String, Sendable, CaseIterable {
        case send
        case truncate
        case drop
    }

    /// Loops' limit for a value is 500 characters with its quotes. Counted in UTF-16 units, the strictest reading but
    /// for escapes.
    package static let textUnitsMax = 498
    /// A leaf whose joined name is longer is left out, in UTF-8 bytes.
    package static let flattenedNameBytesMax = 256
    /// Names that a contact property cannot have.
    package static let reservedNames: Set<String> = ["id", "listId", "softDeleteAt", "teamId", "updatedAt"]

    /// The members of a contact's or an event's body that are not custom properties.
    package static let ownNames: Set<String> = [
        "createdAt", "email", "eventName", "eventProperties", "firstName", "lastName", "mailingLists", "source",
        "subscribed", "userGroup", "userId",
    ]

    package var nested: Nested
    package var longText: LongText
    /// Whether contact properties with a reserved name are left out.
    package var dropsReservedNames: Bool
    /// The only custom contact properties that are sent; nil for all.
    package var allowedProperties: Set<String>?

    package init(
        nested: Nested = .send,
        longText: LongText = .send,
        dropsReservedNames: Bool = false,
        allowedProperties: Set<String>? = nil
    ) {
        self.nested = nested
        self.longText = longText
        self.dropsReservedNames = dropsReservedNames
        self.allowedProperties = allowedProperties
    }

    /// Whether no request is ever changed.
    package var isOff: Bool { self == ContentOptions() }
}

/// One use of an option: what was changed in one request.
package struct Adjustment: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case flattened
        case droppedNested
        case truncatedText
        case droppedText
        case droppedReserved
        case droppedByAllowList
    }

    package let kind: Kind
    /// A JSON pointer (RFC 6901) into the body.
    package let path: String

    package init(kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}
