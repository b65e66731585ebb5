public import JSON

/// One event in Segment's form: an object with a `type`.
public struct SegmentEvent: Sendable, Equatable {
    /// The whole event.
    public let json: JSONValue
    /// `identify`, `track`, … or another word, which triggers may or may not match.
    public let type: String

    /// - Throws: ``EntryFault`` when the value is not an object or has no `type`.
    public init(_ json: JSONValue) throws(EntryFault) {
        guard case .object(let object) = json else {
            throw .notAnObject(field: "event", found: json.kindName)
        }
        switch object["type"] {
        case .string(let type)? where !type.isEmpty: self.type = type
        case .string?, .null?, nil: throw .missingType
        case .some(let other): throw .typeIsNotText(found: other.kindName)
        }
        self.json = json
    }

    public var messageId: String? { text("messageId") }

    /// When the event happened by its own account, in seconds since 1970; nil when it does not say so in ISO 8601.
    public var occurredAt: Double? {
        for name in ["timestamp", "originalTimestamp", "sentAt", "receivedAt"] {
            if let seconds = text(name).flatMap(ISOMoment.seconds) { return seconds }
        }
        return nil
    }

    private func text(_ name: String) -> String? {
        json[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
}
