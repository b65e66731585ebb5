package import JSON

/// What an entry of a stream holds.
package struct DecodedEntry: Sendable, Equatable {
    /// The events that can be mapped, in their order.
    package let events: [SegmentEvent]
    /// Why some of the entry, or all of it, can never be delivered. Not empty when `events` is empty.
    package let faults: [EntryError]
    /// The contact of all its events; nil when there is none, and then the entry's own ID stands for it.
    package let contactKey: String?
    /// All values together, in bytes.
    package let bytes: Int
}

/// Why an entry, or one event of it, can never be delivered. None of these goes away by trying again.
package indirect enum EntryError: Error, Equatable, Sendable {
    /// The entry has no fields.
    case emptyEntry
    /// Several fields, and none has a name under which events are looked for.
    case noEventField(names: [String])
    /// All values together, in bytes.
    case tooLarge(bytes: Int, limit: Int)
    case notJSON(field: String, JSONError)
    /// A field of a flat entry that is taken as text.
    case notUTF8(field: String)
    /// JSON, but not an object; `found` is the kind of value.
    case notAnObject(field: String, found: String)
    case missingType
    /// `found` is the kind of value.
    case typeIsNotText(found: String)
    case batchIsNotAnArray(found: String)
    case emptyBatch
    case tooManyEvents(count: Int, limit: Int)
    /// The batch's events belong to different contacts.
    case mixedBatch
    /// A number with more digits than can be told apart.
    case roundedUserId
    /// The fault of an entry that looks like something else.
    case foreign(EntryLook, EntryError)
    /// An event of a batch; `index` counts from 0.
    case inBatch(index: Int, EntryError)
}

extension EntryError {
    /// What the entry looks like, where that is known.
    package var look: EntryLook? {
        switch self {
        case .foreign(let look, _): look
        case .inBatch(_, let fault): fault.look
        default: nil
        }
    }
}

extension EntryError: CustomStringConvertible {
    /// What is wrong and what to do, for a person who looks at a dead letter.
    package var description: String {
        switch self {
        case .emptyEntry: "the entry has no fields; put the event as JSON into a field named 'event'"
        case .noEventField(let names):
            "none of the fields \(Self.list(names)) holds an event; put it as JSON into a field named 'event', "
                + "or give the fields 'type', 'userId' and so on one by one"
        case .tooLarge(let bytes, let limit): "the entry has \(bytes) bytes, at most \(limit) are taken"
        case .notJSON(let field, let error): "the field '\(Self.short(field))' is not JSON: \(error)"
        case .notUTF8(let field): "the field '\(Self.short(field))' is not UTF-8 text"
        case .notAnObject(let field, let found):
            "the field '\(Self.short(field))' must hold a JSON object, but holds \(Self.article(found))"
        case .missingType: "the event has no 'type'; Segment's are identify, track, page, screen, group, alias, delete"
        case .typeIsNotText(let found): "the event's 'type' must be a text, but is \(Self.article(found))"
        case .batchIsNotAnArray(let found): "'batch' must be an array of events, but is \(Self.article(found))"
        case .emptyBatch: "the batch has no events"
        case .tooManyEvents(let count, let limit): "the batch has \(count) events, at most \(limit) are taken"
        case .mixedBatch:
            "the batch holds events of several contacts, whose order could not be kept; publish its events one by one "
                + "(`loops-bridge publish` does)"
        case .roundedUserId:
            "the userId is a number of more than 64 bits, whose last digits are lost; write it as a text"
        case .foreign(let look, let fault): "\(fault); this looks like \(look.advice)"
        case .inBatch(let index, let fault): "event \(index + 1) of the batch: \(fault)"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "'\(short($0))'" }.joined(separator: ", ")
        return names.count > 5 ? shown + " and \(names.count - 5) more" : shown
    }

    private static func short(_ name: String) -> String { name.count > 60 ? name.prefix(60) + "…" : name }

    private static func article(_ kind: String) -> String {
        switch kind {
        case "array", "object": "an \(kind)"
        case "null": kind
        default: "a \(kind)"
        }
    }
}
