import Loops
import RedisStreams
import StreamGroups

/// An entry as the journal keeps it: what it is found by, and one piece of memory with everything else. ``JournalEntry`` reads it.
struct PackedEntry: Sendable {
    /// Counts the entries that this process has completed.
    let number: UInt64
    /// When Redis confirmed its end, in seconds since 1970.
    let completedAt: Double
    let id: StreamID
    /// The stream's place in the configured list.
    let stream: Int
    let partition: Int
    /// The load of the mappings that it was planned with; nil when it was not looked into.
    let load: Int?
    /// Whether its contact was deleted at Loops since.
    private(set) var isForgotten = false
    private(set) var bytes: [UInt8]

    init(number: UInt64, end: EntryCompletion, completedAt: Double) {
        self.number = number
        self.completedAt = completedAt
        id = end.id
        (stream, partition) = (end.stream, end.partition)
        load = end.record?.rules.load
        bytes = Self.packed(end)
    }

    /// What it counts for the journal's limit.
    var size: Int { Journal.overhead + bytes.count }

    var contact: String {
        var reader = PackedReader(bytes)
        return reader.text()
    }

    /// Its contact was deleted at Loops: what stays is that there was an entry, and what became of it.
    mutating func forgetContact() {
        if isForgotten { return }
        let entry = JournalEntry(self)
        var writer = PackedWriter(capacity: 64)
        writer.text("")
        writer.end(
            entry.outcome,
            attempts: entry.attempts,
            expired: entry.expiredRequests,
            failures: entry.failures.map { ($0.reason, "", $0.mapping, $0.status) },
            coalesced: entry.coalesced?.kind,
            isCut: true
        )
        writer.flag(false)
        bytes = writer.bytes
        isForgotten = true
    }

    private static func packed(_ end: EntryCompletion) -> [UInt8] {
        let failures = end.failures
        let texts = failures.reduce(end.contact.utf8.count + 64) { $0 + $1.detail.utf8.count + 64 }
        guard let record = end.record else {
            return packed(end, failures, capacity: texts, isCut: end.isUnreadable) { $0.flag(false) }
        }
        return record.read { requests, more, leader in
            let fields = record.fields.reduce(0) { $0 + $1.name.count + $1.value.count }
            var whole = fields + record.events.count * 128
            for index in requests.indices { whole += requests[index].call.body.count + 256 }
            let isCut = whole > Journal.entryBytes
            // Of what is too large, the bodies go for which there is no room.
            var room = isCut ? Journal.entryBytes - fields : .max
            return packed(end, failures, capacity: texts + min(whole, Journal.entryBytes), isCut: isCut || record.isCut)
            { writer in
                writer.flag(true)
                writer.record(record, more: more, leader: leader)
                writer.count(requests.count)
                for index in requests.indices { writer.request(requests[index], room: &room) }
            }
        }
    }

    private static func packed(
        _ end: EntryCompletion,
        _ failures: [DeliveryFailure],
        capacity: Int,
        isCut: Bool,
        _ body: (inout PackedWriter) -> Void
    ) -> [UInt8] {
        var writer = PackedWriter(capacity: capacity)
        writer.text(end.contact)
        writer.end(
            JournalEntry.Outcome(end.kind),
            attempts: end.attempts,
            expired: end.expired,
            failures: failures.map { ($0.reason.rawValue, $0.detail, $0.mapping, $0.status) },
            coalesced: end.coalesced?.rawValue,
            isCut: isCut
        )
        body(&writer)
        return writer.bytes
    }
}

extension PackedWriter {
    fileprivate mutating func end(
        _ outcome: JournalEntry.Outcome,
        attempts: Int,
        expired: Int,
        failures: [(reason: String, detail: String, mapping: String?, status: Int?)],
        coalesced: String?,
        isCut: Bool
    ) {
        text(outcome.rawValue)
        count(attempts)
        count(expired)
        count(failures.count)
        for failure in failures {
            text(failure.reason)
            text(failure.detail)
            optional(failure.mapping)
            optional(failure.status)
        }
        optional(coalesced)
        flag(isCut)
    }

    fileprivate mutating func record(_ record: EntryRecord, more: Int, leader: StreamID?) {
        flag(leader != nil)
        if let leader {
            number(leader.milliseconds)
            number(leader.sequence)
        }
        count(more)
        count(record.bytes)
        count(record.eventCount)
        count(record.events.count)
        for event in record.events {
            optional(event.messageID)
            text(event.type)
            optional(event.name)
            flag(event.hasKnownType)
        }
        count(record.fields.count)
        for field in record.fields {
            data(field.name)
            data(field.value)
        }
    }

    /// - Parameter room: the bytes that bodies may take; a body that does not fit is left out.
    fileprivate mutating func request(_ noted: EntryRecord.Attempts, room: inout Int) {
        text(noted.mapping)
        text(noted.call.operation.rawValue)
        text(noted.call.method)
        text(noted.call.path)
        if noted.call.body.count <= room {
            room -= noted.call.body.count
            data(noted.call.body)
        } else {
            count(0)
        }
        optional(noted.call.idempotencyKey)
        count(noted.entries)
        count(noted.attempts)
        flag(noted.answer.outcome.isDelivered)
        text(noted.answer.outcome.name)
        optional(noted.answer.status)
        text(noted.answer.message)
        optional(noted.answer.requestID)
        duration(noted.queued)
        duration(noted.permitWait)
        duration(noted.atLoops)
    }
}

extension EntryCompletion {
    /// What of it could not be delivered.
    fileprivate var failures: [DeliveryFailure] { if case .deadLettered(let failures) = kind { failures } else { [] } }
}

extension LoopsOutcome {
    /// One word of a closed set.
    fileprivate var name: String {
        switch self {
        case .delivered: "delivered"
        case .alreadyDelivered: "alreadyDelivered"
        case .retry(let why): why.rawValue
        case .throttled: "throttled"
        case .unauthorized: "unauthorized"
        case .wrongAddress: "wrongAddress"
        case .rejected(let why): why.rawValue
        }
    }
}
