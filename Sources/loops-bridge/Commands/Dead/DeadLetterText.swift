import Bridge
import BridgeService
import JSON
import RedisStreams
import StreamGroups
import Support

/// Dead letters as people and programs read them. Contacts are hashed, and texts that may repeat them masked, unless asked for.
struct DeadLetterText {
    let now: Int64
    var showsContacts = false
    /// What a line has room for.
    var columns = DeadLetterColumns(width: nil)

    var header: String {
        let titles = columns.shown.map { ($0.name.rawValue, $0.width) }
        return line(titles, isTwoLined: false, detail: columns.isTwoLined ? "" : "DETAIL")
    }

    /// A line of the table; two, where the terminal is narrow.
    func row(_ letter: DeadLetter) -> String {
        let event = letter.eventName ?? "-"
        let detail = masked(letter.detail, letter).shown
        let cells = columns.shown.map { name, width in
            // The ID is for copying: it is never cut.
            (name == .id ? letter.id.description : cell(name, letter, event).shown.cut(to: width), width)
        }
        return line(
            cells,
            isTwoLined: columns.isTwoLined,
            detail: columns.isTwoLined ? "\(masked(event, letter).shown): \(detail)" : detail
        )
    }

    private func cell(_ name: DeadLetterColumns.Name, _ letter: DeadLetter, _ event: String) -> String {
        switch name {
        case .age: ShownTime.age(milliseconds: letter.age(now: now))
        case .reason: letter.reason
        case .event: masked(event, letter)
        case .mapping: letter.mapping.isEmpty ? "-" : letter.mapping
        case .contact: contact(letter) ?? "-"
        case .status: letter.status.map(String.init) ?? "-"
        case .attempts: String(letter.attempts)
        case .id: letter.id.description
        }
    }

    private func line(_ cells: [(text: String, width: Int)], isTwoLined: Bool, detail: String) -> String {
        let padded = cells.map { $0.text + String(repeating: " ", count: max(0, $0.width - $0.text.count)) }
        if detail.isEmpty { return padded.joined(separator: "  ") }
        let shown = columns.detail.map { detail.cut(to: $0) } ?? detail
        return padded.joined(separator: "  ") + (isTwoLined ? "\n  " : "  ") + shown
    }

    /// For programs: one object, unknown is null.
    func json(_ letter: DeadLetter, withFields: Bool = false) -> JSONValue {
        var object: JSONObject = [
            "id": .string(letter.id.description),
            "stream": .string(letter.stream),
            "entry": .string(letter.entry.description),
            "reason": .string(letter.reason),
            "event": .optional(letter.eventName.map { masked($0, letter) }),
            "detail": .string(masked(letter.detail, letter)),
            "mapping": letter.mapping.isEmpty ? .null : .string(letter.mapping),
            "contactHash": .optional(letter.contact.map(Redaction.hash)),
            "status": letter.status.map { .int(Int64($0)) } ?? .null,
            "answer": letter.answer.isEmpty ? .null : .string(masked(letter.answer, letter)),
            "attempts": .int(Int64(letter.attempts)),
            "requestId": letter.requestID.isEmpty ? .null : .string(letter.requestID),
            "idempotencyKey": letter.idempotencyKey.isEmpty ? .null : .string(letter.idempotencyKey),
            "traceId": letter.traceID.isEmpty ? .null : .string(letter.traceID),
            "deadAt": .int(letter.deadAt),
            "fieldsLeftOut": .int(Int64(letter.fieldsLeftOut)),
        ]
        if showsContacts { object["contact"] = .optional(letter.contact) }
        if withFields {
            object["fields"] = .array(
                letter.fields.map { field in
                    ["name": .string(Self.text(field.name)), "value": .string(Self.text(field.value))]
                }
            )
        }
        return .object(object)
    }

    /// Everything, the entry's fields included.
    /// - Parameter obstacle: why a replay leaves it alone, beside what the letter itself says.
    func full(_ letter: DeadLetter, obstacle: String? = nil) -> String {
        let facts: [(String, String?)] = [
            ("letter", letter.id.description), ("event", letter.eventName.map { masked($0, letter) }),
            ("reason", letter.reason), ("detail", masked(letter.detail, letter)),
            ("mapping", letter.mapping.isEmpty ? nil : letter.mapping), ("status", letter.status.map(String.init)),
            ("answer", letter.answer.isEmpty ? nil : masked(letter.answer, letter)),
            ("request ID", letter.requestID.isEmpty ? nil : letter.requestID),
            ("idempotency", letter.idempotencyKey.isEmpty ? nil : letter.idempotencyKey),
            ("trace", letter.traceID.isEmpty ? nil : letter.traceID),
            ("attempts", String(letter.attempts)), ("contact", contact(letter)),
            ("dead for", ShownTime.age(milliseconds: letter.age(now: now))),
            ("entry", "\(letter.entry) of \(letter.stream)"), ("not to replay", letter.obstacle ?? obstacle),
        ]
        var text = ""
        for (name, value) in facts {
            guard let value else { continue }
            text += name + String(repeating: " ", count: max(1, 15 - name.count)) + value.shown + "\n"
        }
        text += "fields\n"
        for field in letter.fields { text += "  \(Self.text(field.name).shown)  \(Self.text(field.value).shown)\n" }
        return text
    }

    private func contact(_ letter: DeadLetter) -> String? {
        letter.contact.map { showsContacts ? $0 : Redaction.hash($0) }
    }

    private func masked(_ text: String, _ letter: DeadLetter) -> String {
        showsContacts ? text : Redaction.masking(text, contact: letter.contact)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
