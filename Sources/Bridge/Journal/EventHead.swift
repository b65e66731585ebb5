import JSON
import Segment

/// What names an event for people.
package struct EventHead: Sendable, Equatable {
    /// Longer texts are cut, in bytes.
    static let textBytes = 256

    package let messageID: String?
    package let type: String
    /// A track's event, or a page's or screen's name; nil without one.
    package let name: String?
    /// Whether the type is one of Segment's, and so no text from outside.
    package let hasKnownType: Bool

    init(messageID: String?, type: String, name: String?, hasKnownType: Bool) {
        (self.messageID, self.type, self.name, self.hasKnownType) = (messageID, type, name, hasKnownType)
    }

    init(_ event: SegmentEvent) {
        messageID = event.messageId.map(Self.cut)
        type = Self.cut(event.type)
        let member = event.type == "track" ? "event" : "name"
        name = event.json[member]?.stringValue.map(Self.cut)
        hasKnownType = event.hasKnownType
    }

    /// At a character, so that it stays a text.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textBytes else { return text }
        var kept = ""
        for character in text.unicodeScalars {
            guard kept.utf8.count + 4 <= textBytes else { break }
            kept.unicodeScalars.append(character)
        }
        return kept + "…"
    }
}
