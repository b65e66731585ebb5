import Bridge
import Destination
import JSON
import RedisStreams

/// Entries of the journal as the admin port shows them.
struct JournalJSON: Sendable {
    let journal: EventJournal
    let replica: String
    /// What who asks may see: without more than anyone's, nothing is in it that came from outside.
    let access: Access

    private var showsAll: Bool { access >= .viewer }

    /// One line of a list.
    func line(_ entry: JournalEntry) -> JSONObject {
        [
            "number": .int(Int64(entry.number)),
            "entry": .string(entry.id.description),
            "stream": .string(journal.streams[entry.stream]),
            "partition": .int(Int64(entry.partition)),
            "replica": .string(replica),
            "completedAt": .double((entry.completedAt * 1000).rounded() / 1000),
            "seconds": .optional(entry.seconds),
            "outcome": .string(entry.outcome.rawValue),
            "contactHash": .string(entry.contactHash),
            "contact": showsAll ? .string(entry.contact) : .null,
            "events": .array(entry.events.map(head)),
            "eventCount": .int(Int64(entry.eventCount)),
            "bytes": .optional(entry.entryBytes),
            "cut": .bool(entry.isCut),
            "coalesced": coalesced(entry),
            "requests": .array(entry.requests.map { .object(request($0)) }),
            "moreRequests": .int(Int64(entry.moreRequests)),
            "expiredRequests": .int(Int64(entry.expiredRequests)),
            "attempts": .int(Int64(entry.attempts)),
            "failures": .array(entry.failures.map(failure)),
        ]
    }

    /// All that is known of one entry.
    func detail(_ entry: JournalEntry) -> JSONObject {
        var object = line(entry)
        guard showsAll else { return object }
        object["requests"] = .array(
            entry.requests.map { request in
                var object = self.request(request)
                object["method"] = .string(request.method)
                object["path"] = .string(request.path)
                object["body"] = Self.body(request.body)
                return .object(object)
            }
        )
        object["fields"] = .array(
            entry.fields.map { field in
                [
                    "name": .string(String(decoding: field.name, as: UTF8.self)),
                    "value": .string(String(decoding: field.value, as: UTF8.self)),
                ]
            }
        )
        let explanation = journal.explain(entry)
        object["reasons"] = .array(explanation.reasons.map { .string($0) })
        object["unexplained"] = .optional(explanation.unavailable)
        object["explanations"] = .array(
            explanation.explanations.map { .string(ExplanationText.text($0, style: .plain)) }
        )
        return object
    }

    private func coalesced(_ entry: JournalEntry) -> JSONValue {
        guard let (kind, with) = entry.coalesced else { return .null }
        return ["kind": .string(kind), "with": .optional(with?.description)]
    }

    private func head(_ event: EventHead) -> JSONValue {
        [
            // Another word than Segment's is a text of the event.
            "type": showsAll || event.hasKnownType ? .string(event.type) : .null,
            "name": showsAll ? .optional(event.name) : .null,
            "messageId": showsAll ? .optional(event.messageID) : .null,
        ]
    }

    private func request(_ request: JournalRequest) -> JSONObject {
        [
            "mapping": .string(request.mapping),
            "operation": .string(request.operation),
            "entries": .int(Int64(request.entries)),
            "attempts": .int(Int64(request.attempts)),
            "delivered": .bool(request.isDelivered),
            "outcome": .string(request.outcome),
            "status": .optional(request.status),
            "message": showsAll ? .string(request.message) : .null,
            "requestId": showsAll ? .optional(request.requestID) : .null,
            "idempotencyKey": showsAll ? .optional(request.idempotencyKey) : .null,
            "queuedSeconds": .optional(request.queued / .seconds(1)),
            "permitWaitSeconds": .optional(request.permitWait / .seconds(1)),
            "loopsSeconds": .optional(request.atLoops / .seconds(1)),
        ]
    }

    private func failure(_ failure: JournalFailure) -> JSONValue {
        [
            "reason": .string(failure.reason),
            "mapping": .optional(failure.mapping),
            "status": .optional(failure.status),
            "detail": showsAll ? .string(failure.detail) : .null,
        ]
    }

    /// As JSON where it is some; nothing where it was too large to be kept.
    private static func body(_ bytes: [UInt8]) -> JSONValue {
        if bytes.isEmpty { return .null }
        do { return try JSONParser.parse(bytes) } catch { return .string(String(decoding: bytes, as: UTF8.self)) }
    }
}
