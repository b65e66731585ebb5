import Bridge
import JSON
import RedisStreams

/// Dead letters as people and programs read them. Contacts are hashed, and texts that may repeat them masked, unless asked for.
struct LetterText {
    let now: Int64
    var showsContacts = false

    private static let columns: [(title: String, width: Int)] = [
        ("AGE", 5), ("REASON", 19), ("MAPPING", 20), ("CONTACT", 12), ("STATUS", 6), ("ATTEMPTS", 8), ("ID", 17),
    ]
    /// The most of a detail that a line of the table shows.
    static let maxDetail = 60

    static var header: String { row(columns.map(\.title), detail: "DETAIL") }

    func row(_ letter: Letter) -> String {
        Self.row(
            [
                ShownTime.age(milliseconds: letter.age(now: now)), letter.reason,
                letter.mapping.isEmpty ? "-" : letter.mapping,
                contact(letter) ?? "-", letter.status.map(String.init) ?? "-", String(letter.attempts),
                letter.id.description,
            ],
            detail: masked(letter.detail, letter).shown.cut(to: Self.maxDetail)
        )
    }

    private static func row(_ cells: [String], detail: String) -> String {
        zip(cells, columns).map { cell, column in
            // The ID is for copying: it is never cut.
            let text = column.title == "ID" ? cell : cell.shown.cut(to: column.width)
            return text + String(repeating: " ", count: max(0, column.width - text.count))
        }.joined(separator: "  ") + "  " + detail
    }

    /// For programs: one object, unknown is null.
    func json(_ letter: Letter, withFields: Bool = false) -> JSONValue {
        var object: JSONObject = [
            "id": .string(letter.id.description),
            "stream": .string(letter.stream),
            "entry": .string(letter.entry.description),
            "reason": .string(letter.reason),
            "detail": .string(masked(letter.detail, letter)),
            "mapping": letter.mapping.isEmpty ? .null : .string(letter.mapping),
            "contactHash": .optional(letter.contact.map(Discretion.hash)),
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
    func full(_ letter: Letter) -> String {
        let facts: [(String, String?)] = [
            ("letter", letter.id.description), ("reason", letter.reason), ("detail", masked(letter.detail, letter)),
            ("mapping", letter.mapping.isEmpty ? nil : letter.mapping), ("status", letter.status.map(String.init)),
            ("answer", letter.answer.isEmpty ? nil : masked(letter.answer, letter)),
            ("request ID", letter.requestID.isEmpty ? nil : letter.requestID),
            ("idempotency", letter.idempotencyKey.isEmpty ? nil : letter.idempotencyKey),
            ("trace", letter.traceID.isEmpty ? nil : letter.traceID),
            ("attempts", String(letter.attempts)), ("contact", contact(letter)),
            ("dead for", ShownTime.age(milliseconds: letter.age(now: now))),
            ("entry", "\(letter.entry) of \(letter.stream)"), ("not to replay", letter.obstacle),
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

    private func contact(_ letter: Letter) -> String? {
        letter.contact.map { showsContacts ? $0 : Discretion.hash($0) }
    }

    private func masked(_ text: String, _ letter: Letter) -> String {
        showsContacts ? text : Discretion.masking(text, contact: letter.contact)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
