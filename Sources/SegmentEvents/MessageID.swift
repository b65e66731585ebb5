/// Names an event: the same each time that the same thing is told, and no other's.
///
/// Loops takes only the first of two events with one `messageId` within 24 hours. So make it of what happened, not of chance: who tells the same
/// thing again after a crash, a retry or a lost answer then causes no second mail.
public struct MessageID: Sendable, Hashable {
    /// The longest, in bytes. It is Segment's limit.
    public static let bytesMax = 100

    public let text: String

    /// An ID as it is.
    ///
    /// - Throws: ``EventError/emptyID(_:)``, ``EventError/messageIDTooLong(bytes:)``
    public init(_ text: String) throws(EventError) {
        guard !text.isBlank else { throw .emptyID("messageId") }
        guard text.utf8.count <= Self.bytesMax else { throw .messageIDTooLong(bytes: text.utf8.count) }
        self.text = text
    }

    /// An ID of several parts, as `MessageID(of: "order", "4711", "paid")`, which is `order:4711:paid`.
    ///
    /// A colon or a percent sign in a part is escaped: other parts give another ID.
    ///
    /// - Throws: ``EventError/emptyID(_:)`` for a part without a character that shows, ``EventError/messageIDTooLong(bytes:)``
    public init(of parts: String...) throws(EventError) { try self.init(of: parts) }

    /// The same of a list of parts.
    public init(of parts: [String]) throws(EventError) {
        guard !parts.isEmpty, !parts.contains(where: \.isBlank) else { throw .emptyID("messageId") }
        try self.init(parts.map(Self.escaped).joined(separator: ":"))
    }

    private static func escaped(_ part: String) -> String {
        var text = ""
        for scalar in part.unicodeScalars {
            switch scalar {
            case ":": text += "%3A"
            case "%": text += "%25"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension String {
    /// Whether it has no character that shows.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
