package import JSON
import JavaScript

/// Reads members of an event as they were meant, where producers spell them in other ways.
///
/// - `type` in other capitals, with blanks or quotes around it is Segment's word: `IDENTIFY` is `identify`.
/// - A `userId` of blanks, or one that a program printed for want of a value (`undefined`, `null`), is none.
/// - An ID that is an integer beyond 2^53 becomes the text of its digits: JavaScript would round it, and make one contact of several.
struct EventSpelling {
    private(set) var object: JSONObject
    private(set) var oddities: [EventOddity] = []

    init(_ object: JSONObject) {
        self.object = object
        readType()
        readUserId()
        for name in Self.identities { readIdentity(name) }
    }

    /// With what a batch says once for all its events.
    func inheriting(from batch: JSONObject) -> EventSpelling {
        var event = self
        for name in ["context", "integrations"] {
            if event.object[name]?.isNull ?? true, let shared = batch[name] { event.object[name] = shared }
        }
        return event
    }

    private static let identities = ["userId", "anonymousId", "groupId", "previousId"]
    /// What programs print for want of a value.
    private static let placeholders: Set<String> = ["undefined", "null", "None", "nil", "NaN", "[object Object]"]

    /// Whether white space, which may be of several bytes, can begin so.
    private static func mayBeginBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x80 }

    private mutating func readType() {
        guard case .string(let type)? = object["type"], !SegmentEvent.isKnown(type) else { return }
        var word = type.trimmedAsJavaScript
        for quote in ["\"", "'"] where word.utf8.count > 2 && word.hasPrefix(quote) && word.hasSuffix(quote) {
            word = String(word.dropFirst().dropLast())
        }
        word = word.lowercased()
        guard SegmentEvent.isKnown(word) else { return }
        object["type"] = .string(word)
        oddities.append(.typeSpelling(type))
    }

    private mutating func readUserId() {
        guard case .string(let id)? = object["userId"], let first = id.utf8.first else { return }
        // Of nearly all IDs the first byte says that they are one: this is asked of each event.
        let isNone = Self.mayBeginBlank(first) ? id.trimmedAsJavaScript.isEmpty : Self.placeholders.contains(id)
        guard isNone else { return }
        object["userId"] = nil
        oddities.append(.placeholderUserId(id))
    }

    private mutating func readIdentity(_ name: String) {
        switch object[name] {
        case .int(let number)? where number.magnitude >= 1 << 53: object[name] = .string(String(number))
        case .uint(let number)?: object[name] = .string(String(number))
        default: break
        }
    }
}

/// Something of an event that was not taken as it is written.
package enum EventOddity: Sendable, Equatable {
    /// The `type` as the event has it.
    case typeSpelling(String)
    /// The `userId` as the event has it.
    case placeholderUserId(String)
    /// None of the event's times can be read; the first of them.
    case unreadableTime(String)

    /// A closed set, since it is a metric label.
    package enum Kind: String, Sendable, CaseIterable {
        case typeSpelling = "type_spelling"
        case placeholderUserId = "placeholder_user_id"
        case unreadableTime = "unreadable_time"
    }

    package var kind: Kind {
        switch self {
        case .typeSpelling: .typeSpelling
        case .placeholderUserId: .placeholderUserId
        case .unreadableTime: .unreadableTime
        }
    }

    /// For a person.
    package var description: String {
        switch self {
        case .typeSpelling(let type): "the type \(JSONValue.string(type).jsonText) is taken for Segment's word"
        case .placeholderUserId(let id): "the userId \(JSONValue.string(id).jsonText) is taken for none"
        case .unreadableTime(let time): "the time \(time) cannot be read: the event's age counts from its entry's ID"
        }
    }
}

extension SegmentEvent {
    /// An event's JSON as the bridge reads it: out of its envelope, with its type and its IDs as they were meant.
    package static func asRead(_ json: JSONValue) -> JSONValue {
        guard case .object(let object) = json else { return json }
        return .object(EventSpelling(CloudEvent.event(in: object) ?? object).object)
    }
}
