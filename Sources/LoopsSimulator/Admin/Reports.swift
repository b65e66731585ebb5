import JSON

extension BoundedLog {
    /// A list with what is needed to read on.
    func page(_ name: String, _ elements: [JSONValue], last: Int64?) -> JSONValue {
        .object(
            JSONObject([
                (name, .array(elements)), ("next_since", last.map(JSONValue.int) ?? .int(appended)),
                ("total", .int(appended)), ("dropped", .int(dropped)),
            ])
        )
    }
}

extension JournalEntry {
    var reportBody: JSONValue {
        var object = JSONObject()
        object["sequence"] = .int(sequence)
        object["connection"] = .int(Int64(connection))
        object["arrival_ns"] = .int(arrivalNanoseconds)
        object["end_ns"] = JSONValue(endNanoseconds)
        object["latency_ns"] = JSONValue(endNanoseconds.map { $0 - arrivalNanoseconds })
        object["team"] = JSONValue(team)
        object["method"] = .string(method)
        object["path"] = .string(target)
        object["headers"] = .object(JSONObject(headers.map { ($0.name, .string($0.value)) }))
        object["body"] = .string(String(decoding: body, as: UTF8.self))
        object["body_bytes"] = .int(Int64(bodyByteCount))
        object["idempotency_key"] = JSONValue(idempotencyKey)
        object["userId"] = JSONValue(userID)
        object["email"] = JSONValue(email)
        object["contact_id"] = JSONValue(contactID)
        object["marker"] = JSONValue(marker)
        object["seq"] = JSONValue(sequenceNumber)
        object["status"] = JSONValue(status.map(Int64.init))
        object["committed"] = .bool(isCommitted)
        object["burnt_key"] = .bool(burntKey)
        object["rules"] = .array(rules.map { .string($0) })
        object["overlapped"] = JSONValue(overlapped)
        object["ending"] = JSONValue(ending?.rawValue)
        return .object(object)
    }
}

extension TransactionalMail {
    var reportBody: JSONObject {
        JSONObject([
            ("transactional_id", .string(id)), ("data_variables", .object(variables)),
            ("suppressed", .bool(isSuppressed)),
            (
                "attachments",
                .array(
                    attachments.map {
                        [
                            "filename": .string($0.filename), "contentType": .string($0.contentType),
                            "bytes": .int(Int64($0.byteCount)),
                        ]
                    }
                )
            ),
        ])
    }
}

extension Effect {
    /// A mail that was sent, or would have been but for a suppressed address; nil for every other effect.
    var mailBody: JSONValue? {
        guard case .transactional(let mail) = kind else { return nil }
        var object = JSONObject([("sequence", .int(sequence)), ("email", .string(mail.email))])
        for (name, value) in mail.reportBody { object[name] = value }
        object["idempotency_key"] = JSONValue(idempotencyKey)
        object["marker"] = JSONValue(marker)
        return .object(object)
    }

    var reportBody: JSONValue {
        var object = JSONObject()
        object["sequence"] = .int(sequence)
        object["contact_sequence"] = .int(contactSequence)
        object["committed_ns"] = .int(committedNanoseconds)
        object["request"] = .int(request)
        object["team"] = .string(team)
        object["contact_id"] = .string(contactID)
        object["userId"] = JSONValue(userID)
        object["email"] = .string(email)
        object["operation"] = .string(operation.rawValue)
        object["kind"] = .string(kind.name)
        object["idempotency_key"] = JSONValue(idempotencyKey)
        object["marker"] = JSONValue(marker)
        object["seq"] = JSONValue(sequenceNumber)
        switch kind {
        case .contactCreated, .contactDeleted: break
        case .contactUpdated(let changes):
            object["changes"] = .array(
                changes.map { ["field": .string($0.field), "before": $0.before, "after": $0.after] }
            )
        case .event(let name, let properties):
            object["event"] = .string(name)
            object["properties"] = .object(properties)
        case .listChanged(let list, let from, let to):
            object["list"] = .string(list)
            object["from"] = .string(from?.rawValue ?? "never")
            object["to"] = .string(to.rawValue)
        case .listAddRefused(let list): object["list"] = .string(list)
        case .transactional(let mail):
            for (name, value) in mail.reportBody { object[name] = value }
        }
        return .object(object)
    }

    func isAbout(contact name: String?, event: String?) -> Bool {
        if let name, contactID != name, userID != name, email != name, contactKey != name { return false }
        guard let event else { return true }
        if case .event(event, _) = kind { return true }
        return false
    }
}

extension Contact {
    var reportBody: JSONValue {
        var object = foundBody.objectValue ?? JSONObject()
        object["effects"] = .int(effects)
        object["suppressed"] = .bool(suppressed)
        object["lists"] = .object(
            JSONObject(lists.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.rawValue)) })
        )
        return .object(object)
    }
}

extension Verdict {
    var reportBody: JSONValue {
        [
            "check": .string(check), "passed": .bool(isPassed), "examined": .int(Int64(examined)),
            "violations": .int(Int64(violations)), "findings": .array(findings.map { .string($0) }),
        ]
    }
}

extension JSONValue {
    init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }

    init(_ number: Int64?) {
        self = number.map(JSONValue.int) ?? .null
    }
}
