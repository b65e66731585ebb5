import Loops
package import RedisStreams
import Segment
import StreamGroups
import Support

/// What became of one entry.
package struct JournalEntry: Sendable {
    /// A closed set.
    package enum Outcome: String, Sendable, CaseIterable {
        case delivered, ignored, expired, deadLettered, lost
    }

    /// Counts the entries that this process has completed.
    package let number: UInt64
    /// When Redis confirmed its end, in seconds since 1970.
    package let completedAt: Double
    private(set) var end: EntryCompletion
    /// nil for an entry that was not looked into.
    private(set) var record: EntryRecord?
    /// Whether something of it was left out for its size.
    package private(set) var isCut: Bool
    /// What it counts for the journal's limit.
    private(set) var bytes: Int
    /// Whether its contact was deleted at Loops since.
    private(set) var isForgotten = false

    init(number: UInt64, end: EntryCompletion, completedAt: Double) {
        self.number = number
        self.completedAt = completedAt
        var record = end.record
        let others = end.failures.reduce(end.contact.utf8.count + Journal.overhead) {
            $0 + $1.detail.utf8.count + ($1.answer?.utf8.count ?? 0) + 128
        }
        if let whole = record, whole.size > Journal.entryBytes { record = whole.cut(to: Journal.entryBytes) }
        var end = end
        // What the end says is said by the record; of it, there is the one that was cut.
        end.record = nil
        self.end = end
        self.record = record
        self.isCut = record?.isCut ?? end.isUnreadable
        self.bytes = others + (record?.size ?? 0)
    }

    mutating func forgetMappings() { record = record?.withoutMappings }

    /// Its contact was deleted at Loops: what stays is that there was an entry, and what became of it.
    mutating func forgetContact() {
        end = end.withoutContact
        record = nil
        isCut = true
        isForgotten = true
        bytes = Journal.overhead
    }

    package var id: StreamID { end.id }
    /// The stream's place in the configured list.
    package var stream: Int { end.stream }
    package var partition: Int { end.partition }
    package var attempts: Int { end.attempts }
    /// Whoever sees it needs the right to: it may be an address.
    package var contact: String { isForgotten ? Self.deleted : end.contact }
    package var contactHash: String { isForgotten ? Self.deleted : Redaction.hash(end.contact) }
    private static let deleted = "deleted"
    package var events: [EventHead] { record?.events ?? [] }
    package var eventCount: Int { record?.eventCount ?? 0 }
    /// The entry in the stream, in bytes; nil when it was not read.
    package var entryBytes: Int? { record?.bytes }
    /// The entry as it lies in the stream, or its beginning.
    package var fields: [StreamField] { record?.fields ?? [] }
    package var requests: [JournalRequest] { record?.requests.map { JournalRequest($0) } ?? [] }
    package var moreRequests: Int { record?.more ?? 0 }
    /// Requests that were left out since they were too old.
    package var expiredRequests: Int { end.expired }

    package var outcome: Outcome {
        switch end.kind {
        case .delivered: .delivered
        case .ignored: .ignored
        case .expired: .expired
        case .deadLettered: .deadLettered
        case .lost: .lost
        }
    }

    /// What of it could not be delivered.
    package var failures: [JournalFailure] { end.failures.map { JournalFailure($0) } }

    /// How it shared the request of an entry in front of it, and of which; nil when it had its own.
    package var coalesced: (kind: String, with: StreamID?)? {
        end.coalesced.map { ($0.rawValue, record?.leader) }
    }

    /// From its adding, by its ID, to its end, in seconds.
    package var seconds: Double { max(0, completedAt - Double(end.id.milliseconds) / 1000) }
}

/// One request of an entry, with its last answer.
package struct JournalRequest: Sendable {
    package let mapping: String
    package let operation: String
    package let method: String
    package let path: String
    /// As it was sent; empty when it was too large to be kept.
    package let body: [UInt8]
    package let idempotencyKey: String?
    /// Entries that it stood for.
    package let entries: Int
    package let attempts: Int
    package let isDelivered: Bool
    /// The class of the last answer.
    package let outcome: String
    /// nil when no answer came.
    package let status: Int?
    /// Loops' words, or why there are none. May hold what the event held.
    package let message: String
    package let requestID: String?
    /// From the reading of the entry to the first attempt.
    package let queued: Duration
    package let permitWait: Duration
    /// At Loops, all attempts together.
    package let atLoops: Duration

    init(_ noted: EntryRecord.Attempts) {
        mapping = noted.mapping
        operation = noted.call.operation.rawValue
        (method, path) = (noted.call.method, noted.call.path)
        body = noted.call.body
        idempotencyKey = noted.call.idempotencyKey
        entries = noted.entries
        attempts = noted.attempts
        isDelivered = noted.answer.outcome.isDelivered
        outcome = noted.answer.outcome.name
        status = noted.answer.status
        message = noted.answer.message
        requestID = noted.answer.requestID
        (queued, permitWait, atLoops) = (noted.queued, noted.permitWait, noted.atLoops)
    }
}

/// Why a part of an entry was not delivered.
package struct JournalFailure: Sendable {
    /// One of ``DeadLetterReason``.
    package let reason: String
    /// For a person. May hold what the event held.
    package let detail: String
    package let mapping: String?
    package let status: Int?

    init(_ failure: DeliveryFailure) {
        (reason, detail) = (failure.reason.rawValue, failure.detail)
        (mapping, status) = (failure.mapping, failure.status)
    }
}

extension LoopsOutcome {
    /// One word of a closed set.
    var name: String {
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

extension EntryCompletion {
    /// Without whose it is, and without texts that may tell it.
    fileprivate var withoutContact: EntryCompletion {
        let words = failures.map {
            DeliveryFailure(reason: $0.reason, detail: "", mapping: $0.mapping, status: $0.status)
        }
        var copy = EntryCompletion(
            stream: stream,
            id: id,
            partition: partition,
            size: size,
            kind: words.isEmpty ? kind : .deadLettered(words),
            attempts: attempts,
            contact: "",
            occurredAt: nil
        )
        (copy.coalesced, copy.expired) = (coalesced, expired)
        return copy
    }

    /// What of it could not be delivered.
    var failures: [DeliveryFailure] { if case .deadLettered(let failures) = kind { failures } else { [] } }
}
