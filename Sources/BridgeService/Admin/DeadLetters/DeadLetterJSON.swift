import Destination
import JSON
import Operations
import RedisStreams
import Segment
import StreamGroups
import Support

/// Dead letters as the admin port shows them.
struct DeadLetterJSON: Sendable {
    /// Without more than anyone's, nothing is in it that an event held or Loops said.
    let access: Access
    /// The mappings that explain the letters; nil for lines of a list, which have neither that nor the payload.
    let destination: Destination?

    /// The events of a letter that are explained.
    private static let explained = 8

    func object(_ letter: DeadLetter) -> JSONValue {
        var object: JSONObject = [
            "id": .string(letter.id.description),
            "stream": .string(letter.stream),
            "entry": .string(letter.entry.description),
            "reason": .string(letter.reason),
            "mapping": letter.mapping.isEmpty ? .null : .string(letter.mapping),
            "status": .optional(letter.status),
            "attempts": .int(Int64(letter.attempts)),
            "deadAt": .double(Double(letter.deadAt) / 1000),
            "contactHash": .optional(letter.contact.map(Redaction.hash)),
            "replayable": .bool(letter.obstacle == nil),
        ]
        guard access >= .viewer else { return .object(object) }
        object["contact"] = .optional(letter.contact)
        object["event"] = .optional(letter.eventName)
        object["detail"] = .string(letter.detail)
        object["answer"] = Self.optional(letter.answer)
        object["requestId"] = Self.optional(letter.requestID)
        object["idempotencyKey"] = Self.optional(letter.idempotencyKey)
        object["traceId"] = Self.optional(letter.traceID)
        object["obstacle"] = .optional(letter.obstacle)
        guard let destination else { return .object(object) }
        object["fields"] = .array(
            letter.fields.map { field in
                [
                    "name": .string(String(decoding: field.name, as: UTF8.self)),
                    "value": .string(String(decoding: field.value, as: UTF8.self)),
                ]
            }
        )
        let events = EntryDecoder().decode(letter.fields).events
        object["explanations"] = .array(
            events.prefix(Self.explained).map { event in
                .string(ExplanationText.text(destination.explain(event.json), style: .plain))
            }
        )
        return .object(object)
    }

    private static func optional(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }
}

extension DeadLetterProgress {
    /// A line of an action's answer.
    var json: JSONValue {
        switch self {
        case .looked(let count): ["looked": .int(Int64(count))]
        case .checked(let count): ["checked": .int(Int64(count))]
        case .done(let count, let all): ["progress": .int(Int64(count)), "of": .int(Int64(all))]
        }
    }
}

extension DeadLetterReport {
    /// The last line of an action's answer.
    func json(_ order: DeadLetterOrder) -> JSONValue {
        [
            "action": .string(order.action.rawValue),
            "dryRun": .bool(order.isDryRun),
            "found": .int(Int64(found)),
            "done": .int(Int64(done)),
            "gone": .int(Int64(gone)),
            "left": .int(Int64(leftCount)),
            "letters": .array(
                left.map { letter in
                    [
                        "id": .string(letter.id.description), "stream": .string(letter.stream),
                        "obstacle": .string(letter.obstacle), "overtaken": .bool(letter.isOvertaken),
                    ]
                }
            ),
            "entries": .array(
                copies.map { copy in
                    [
                        "id": .string(copy.id.description), "stream": .string(copy.stream),
                        "entry": .string(copy.entry.description),
                    ]
                }
            ),
            "upTo": .optional(newest?.description),
            "more": .bool(hasMore),
            "error": .optional(failure.map { "\($0). Run it again for the rest; nothing is done twice." }),
        ]
    }
}
