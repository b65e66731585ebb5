import JSON
package import RedisStreams

/// What became of an entry, for other services: an element of the stream of receipts, written in the step that acknowledges the entry.
///
/// At least once: an entry that is read again after Redis went back in time has another receipt. It tells of nobody: whose event it was stands
/// there as a hash.
package struct Receipt: Sendable, Equatable {
    /// The field that holds ``text``.
    package static let field = "receipt"
    /// The `messageId`s that are named.
    package static let messageIDsMax = 4

    package var entry: StreamID
    /// `delivered`, `deleted`, `ignored`, `expired`, `deadLettered` or `lost`.
    package var outcome: String
    package var messageIDs: [String]
    package var contactHash: String
    /// Each mapping that took an event of the entry, with what became of it: `delivered`, `deleted`, `expired` or `dead_lettered`.
    package var mappings: [(name: String, outcome: String)]
    package var attempts: Int
    /// Milliseconds since 1970.
    package var at: Int64
    package var replica: String

    package init(
        entry: StreamID,
        outcome: String,
        messageIDs: [String],
        contactHash: String,
        mappings: [(name: String, outcome: String)],
        attempts: Int,
        at: Int64,
        replica: String
    ) {
        (self.entry, self.outcome, self.messageIDs) = (entry, outcome, messageIDs)
        (self.contactHash, self.mappings, self.attempts) = (contactHash, mappings, attempts)
        (self.at, self.replica) = (at, replica)
    }

    /// As the stream has it: one JSON object.
    package var text: String {
        let object: JSONValue = [
            "entry": .string(entry.description), "outcome": .string(outcome),
            "messageIds": .array(messageIDs.map { .string($0) }), "contact": .string(contactHash),
            "mappings": .array(mappings.map { ["name": .string($0.name), "outcome": .string($0.outcome)] }),
            "attempts": .int(Int64(attempts)), "at": .int(at), "replica": .string(replica),
        ]
        return object.jsonText
    }

    /// Reads what ``text`` wrote; nil for anything else.
    package init?(_ fields: [StreamField]) {
        guard let value = fields.first(where: { $0.name.elementsEqual(Self.field.utf8) })?.value,
            let object = try? JSONParser.parse(value),
            let entry = object["entry"]?.stringValue.flatMap({ StreamID($0) }),
            let outcome = object["outcome"]?.stringValue
        else { return nil }
        self.init(
            entry: entry,
            outcome: outcome,
            messageIDs: object["messageIds"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            contactHash: object["contact"]?.stringValue ?? "",
            mappings: object["mappings"]?.arrayValue?.compactMap { mapping in
                guard let name = mapping["name"]?.stringValue, let outcome = mapping["outcome"]?.stringValue else {
                    return nil
                }
                return (name, outcome)
            } ?? [],
            attempts: object["attempts"]?.doubleValue.map { Int($0) } ?? 0,
            at: object["at"]?.doubleValue.map { Int64($0) } ?? 0,
            replica: object["replica"]?.stringValue ?? ""
        )
    }

    package static func == (one: Receipt, other: Receipt) -> Bool { one.text == other.text }
}
