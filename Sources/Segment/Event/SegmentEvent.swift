package import JSON

/// One event in Segment's form: an object with a `type`.
package struct SegmentEvent: Sendable, Equatable {
    /// Segment's kinds of events.
    package static let types = ["identify", "track", "page", "screen", "group", "alias", "delete"]

    /// The whole event. Where its `type` or its IDs were spelled in another way, as they were meant; see ``oddities``.
    package let json: JSONValue
    /// `identify`, `track`, … or another word, which triggers may or may not match.
    package let type: String
    /// What was not taken as it is written.
    package let oddities: [EventOddity]
    /// When it happened by its own account.
    let time: EventTime

    /// - Throws: ``EntryError`` when the value is not an object or has no `type`.
    package init(_ json: JSONValue) throws(EntryError) {
        guard case .object(let object) = json else {
            throw .notAnObject(field: "event", found: json.kindName)
        }
        try self.init(EventSpelling(object))
    }

    init(_ spelling: EventSpelling) throws(EntryError) {
        let object = spelling.object
        switch object["type"] {
        case .string(let type)? where !type.isEmpty: self.type = type
        case .string?, .null?, nil: throw .foreign(EntryLook(of: object), .missingType)
        case .some(let other): throw .typeIsNotText(found: other.kindName)
        }
        // Integers of 64 bits are texts by now. More digits than that are gone: JSON's numbers here are as wide as JavaScript's.
        if case .double(let number)? = object["userId"], number.magnitude >= 0x1p53 { throw .roundedUserId }
        json = .object(object)
        time = EventTime(of: json)
        if case .unreadable(let text) = time {
            oddities = spelling.oddities + [.unreadableTime(text)]
        } else {
            oddities = spelling.oddities
        }
    }

    static func isKnown(_ type: String) -> Bool { types.contains { $0.hasSameBytes(as: type) } }

    /// Whether it is one of Segment's kinds.
    package var hasKnownType: Bool { Self.isKnown(type) }

    /// What it looks like if it is none of them.
    package var look: EntryLook { json.objectValue.map { EntryLook(of: $0) } ?? .unknown }

    /// A number counts as its digits.
    package var messageId: String? { Self.messageId(json["messageId"]) }

    /// The text of a member `messageId`; nil for what is none.
    package static func messageId(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text)?: text.isEmpty ? nil : text
        case .int(let number)?: String(number)
        case .uint(let number)?: String(number)
        case .double(let number)?: JSONValue.javaScriptText(number)
        case .null?, .bool?, .array?, .object?, nil: nil
        }
    }

    /// When the event happened by its own account, in seconds since 1970; nil when it does not say so in a way that can be read.
    package var occurredAt: Double? { if case .said(let seconds) = time { seconds } else { nil } }
}

/// Whether an event's `integrations` keep it from this destination.
///
/// In Segment this happens before a destination sees an event. An event is skipped when a name of ours is `false`, or
/// when `All` is `false` and no name of ours is `true` or an object.
package struct IntegrationRule: Sendable, Equatable {
    package static let defaultName = "Loops (Actions)"
    /// Names that count besides the configured one.
    package static let otherNames = ["Loops", "actions-loops"]

    private let names: [String]

    /// - Parameter name: the name that events use for this destination.
    package init(name: String = Self.defaultName) {
        self.names = [name] + Self.otherNames.filter { $0 != name }
    }

    package func skips(_ event: SegmentEvent) -> Bool {
        guard case .object(let integrations)? = event.json["integrations"] else { return false }
        var isAsked = false
        for name in names {
            switch integrations[name] {
            case .bool(false)?: return true
            case .bool(true)?, .object?: isAsked = true
            default: break
            }
        }
        return !isAsked && integrations["All"] == .bool(false)
    }
}
