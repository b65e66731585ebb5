package import RedisStreams
import Support

/// What became of one entry.
package struct JournalEntry: Sendable {
    /// A closed set.
    package enum Outcome: String, Sendable, CaseIterable {
        case delivered, deleted, ignored, expired, deadLettered, lost
    }

    /// Counts the entries that this process has completed.
    package let number: UInt64
    /// When Redis confirmed its end, in seconds since 1970.
    package let completedAt: Double
    package let id: StreamID
    /// The stream's place in the configured list.
    package let stream: Int
    package let partition: Int
    /// The load of the mappings that it was planned with; nil when it was not looked into.
    let load: Int?
    /// What it counts for the journal's limit.
    let bytes: Int
    /// Whoever sees it needs the right to: it may be an address.
    package let contact: String
    package let contactHash: String
    package let outcome: Outcome
    package let attempts: Int
    /// Requests that were left out since they were too old.
    package let expiredRequests: Int
    /// What of it could not be delivered.
    package let failures: [JournalFailure]
    /// Whether something of it was left out for its size.
    package let isCut: Bool
    /// How it shared the request of an entry in front of it, and of which; nil when it had its own.
    package private(set) var coalesced: (kind: String, with: StreamID?)?
    /// The first few events.
    package private(set) var events: [EventHead] = []
    package private(set) var eventCount = 0
    /// The entry in the stream, in bytes; nil when it was not read.
    package private(set) var entryBytes: Int?
    /// The entry as it lies in the stream, or its beginning.
    package private(set) var fields: [StreamField] = []
    package private(set) var requests: [JournalRequest] = []
    package private(set) var moreRequests = 0

    init(number: UInt64, end: EntryCompletion, completedAt: Double) {
        self.init(PackedEntry(number: number, end: end, completedAt: completedAt))
    }

    init(_ packed: PackedEntry) {
        (number, completedAt, id) = (packed.number, packed.completedAt, packed.id)
        (stream, partition, load, bytes) = (packed.stream, packed.partition, packed.load, packed.size)
        var reader = PackedReader(packed.bytes)
        let name = reader.text()
        contact = packed.isForgotten ? Self.deleted : name
        contactHash = packed.isForgotten ? Self.deleted : Redaction.hash(name)
        // Written by this process from one of the cases.
        outcome = Outcome(rawValue: reader.text()) ?? .lost
        attempts = reader.count()
        expiredRequests = reader.count()
        failures = reader.list { JournalFailure(&$0) }
        let kind = reader.optionalText()
        isCut = reader.flag()
        guard reader.flag() else {
            coalesced = kind.map { ($0, nil) }
            return
        }
        let leader =
            reader.flag() ? StreamID(milliseconds: reader.number(), sequence: reader.number()) : nil
        coalesced = kind.map { ($0, leader) }
        moreRequests = reader.count()
        entryBytes = reader.count()
        eventCount = reader.count()
        events = reader.list { EventHead(&$0) }
        fields = reader.list { StreamField(name: $0.data(), value: $0.data()) }
        requests = reader.list { JournalRequest(&$0) }
    }

    private static let deleted = "deleted"

    /// From its adding, by its ID, to its end, in seconds.
    package var seconds: Double { max(0, completedAt - Double(id.milliseconds) / 1000) }
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

    fileprivate init(_ reader: inout PackedReader) {
        mapping = reader.text()
        operation = reader.text()
        method = reader.text()
        path = reader.text()
        body = reader.data()
        idempotencyKey = reader.optionalText()
        entries = reader.count()
        attempts = reader.count()
        isDelivered = reader.flag()
        outcome = reader.text()
        status = reader.optionalCount()
        message = reader.text()
        requestID = reader.optionalText()
        queued = reader.duration()
        permitWait = reader.duration()
        atLoops = reader.duration()
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

    fileprivate init(_ reader: inout PackedReader) {
        reason = reader.text()
        detail = reader.text()
        mapping = reader.optionalText()
        status = reader.optionalCount()
    }
}

extension JournalEntry.Outcome {
    init(_ kind: EntryCompletion.Kind) {
        self =
            switch kind {
            case .delivered: .delivered
            case .deleted: .deleted
            case .ignored: .ignored
            case .expired: .expired
            case .deadLettered: .deadLettered
            case .lost: .lost
            }
    }
}

extension EventHead {
    fileprivate init(_ reader: inout PackedReader) {
        self.init(
            messageID: reader.optionalText(),
            type: reader.text(),
            name: reader.optionalText(),
            hasKnownType: reader.flag()
        )
    }
}
