import Destination
import Loops
import RedisStreams
import StreamGroups

/// An entry with everything that has to happen to it, decided once when it was read. A later change of the mappings does not touch it.
struct PlannedEntry: Sendable {
    let contactQueue: OrderingKey
    let id: StreamID
    let partition: Int
    /// What the entry takes in memory, roughly, in bytes.
    let size: Int
    /// The requests, in the order of events and mappings.
    private(set) var steps: [PlannedRequest]
    /// What of the entry can never be delivered. Not empty: the entry ends in the dead-letter stream, after its steps.
    var faults: [DeliveryFailure]
    /// When the event happened by its own account, in seconds since 1970; nil when it does not say.
    var occurredAt: Double?
    /// What the mappings' options changed in the requests.
    var adjustments: [Adjustment.Kind] = []
    /// Whether the entry is larger than Segment would take.
    var isOversized = false
    /// The tenure of its partition in which it was read. Nothing of it starts in another one.
    var tenure = 0
    /// Whether processes may have died of it.
    var isSuspect = false
    /// Whether it was gone from the stream when it was read.
    var isLost = false
    /// Whether it is too large to be read.
    var isUnreadable = false
    /// The keys of contacts of which nothing is to be left once its requests are at Loops.
    var erasedContacts: [String] = []
    /// Where the event stands in a trace.
    var trace: TraceContext?
    /// Whether it holds nothing but identifies.
    var isIdentify = false
    /// Whether it came straight from the stream: as far as Redis knows, nobody had it in hand before.
    var isFirstDelivery = false

    /// The first step that has not ended yet.
    var nextStep = 0
    /// Attempts of the current step that failed so far and count (a 429 or a 401 does not).
    var failures = 0
    /// All attempts of all steps.
    var attempts = 0
    /// Answers to the current step in a row that could not be read.
    var unreadable = 0
    /// When Loops first refused the key at this entry's request.
    var keyRefusedAt: ContinuousClock.Instant?
    /// When the current step was first tried.
    var firstAttempt: ContinuousClock.Instant?
    /// What is known of the attempts of the current step.
    var history = AttemptHistory()

    /// Requests that were left out since they were too old.
    var expired = 0
    /// Whether it must not share a request: one that it shared was refused.
    var isSentAlone = false
    /// How it shared the request of an entry in front of it.
    var coalesced: CoalescedKind?
    /// What the journal notes of it; nil when there is no journal.
    var record: EntryRecord?
    /// The load of the mappings that it was planned with.
    var mappingsLoad = 0

    /// The highest priority of its requests, if that is above 0.
    var urgency: Int? { steps.lazy.map(\.priority).max().flatMap { $0 > 0 ? $0 : nil } }

    var isFinished: Bool { nextStep == steps.count }

    /// Whether it is one update that can share its request with others.
    func sharesRequests(now: ContinuousClock.Instant) -> Bool {
        isIdentify && !isSentAlone && !isSuspect && steps.count == 1 && nextStep == 0 && faults.isEmpty
            && steps[0].call.operation.traits.isMergeable && !steps[0].isTooOld(now)
    }

    /// Whether nothing is ever sent of it, and nothing is wrong with it.
    var isSilent: Bool { steps.isEmpty && faults.isEmpty && !isLost }

    /// The current step has ended.
    mutating func advance() {
        nextStep += 1
        failures = 0
        unreadable = 0
        keyRefusedAt = nil
        firstAttempt = nil
        history = AttemptHistory()
    }

    /// A further request of the entry, right behind the current one, of the same mapping. It has no age: what it repeats was sent in time.
    mutating func insertNext(_ call: EncodedRequest) {
        let step = steps[nextStep]
        var repetition = PlannedRequest(call: call, mapping: step.mapping, priority: step.priority)
        repetition.isRepetition = true
        steps.insert(repetition, at: nextStep + 1)
    }

    /// The current step was answered, and is to be tried again.
    mutating func answered(isUnreadable: Bool) { unreadable = isUnreadable ? unreadable + 1 : 0 }

    /// Loops refused the key at the current step.
    mutating func keyRefused(at now: ContinuousClock.Instant) { keyRefusedAt = keyRefusedAt ?? now }

    /// Whether one of its requests deleted a contact: one that was left out as too old has not. Only when it is finished, and nothing failed.
    private var hasDeleted: Bool {
        // Most entries delete nothing; they are not looked through.
        !erasedContacts.isEmpty && steps.contains { $0.deletesContact && !$0.isExpired }
    }

    /// What became of it. Only when it is finished.
    var end: EntryCompletion {
        let kind: EntryCompletion.Kind =
            if isLost {
                .lost
            } else if !faults.isEmpty {
                .deadLettered(faults)
            } else if steps.isEmpty {
                .ignored
            } else if expired == steps.count { .expired } else { hasDeleted ? .deleted : .delivered }
        var end = EntryCompletion(
            stream: contactQueue.stream,
            id: id,
            partition: partition,
            tenure: tenure,
            size: size,
            kind: kind,
            attempts: attempts,
            contact: contactQueue.contact,
            occurredAt: occurredAt
        )
        end.coalesced = coalesced
        end.expired = expired
        end.isUnreadable = isUnreadable
        end.trace = trace
        if kind == .deleted { end.erasedContacts = erasedContacts }
        end.record = record
        end.mappings = mappingOutcomes
        end.mappingsLoad = mappingsLoad
        return end
    }
}

extension PlannedEntry {
    /// An entry that was trimmed or deleted while it was pending. Nobody can say whose it was.
    static func lost(_ id: StreamID, stream: Int, partition: Int, size: Int) -> PlannedEntry {
        var entry = PlannedEntry(unread: id, stream: stream, partition: partition, size: size, faults: [])
        entry.isLost = true
        return entry
    }

    /// An entry that is larger than an answer of Redis may be.
    static func unreadable(_ id: StreamID, stream: Int, partition: Int, size: Int) -> PlannedEntry {
        let fault = DeliveryFailure(
            reason: .invalidEntry,
            detail: """
                The entry is too large to be read. Its content is left in the stream, until that is trimmed. Look at the program that adds it; \
                events have at most 500 KB.
                """
        )
        var entry = PlannedEntry(unread: id, stream: stream, partition: partition, size: size, faults: [fault])
        entry.isUnreadable = true
        return entry
    }

    /// An entry that is not even looked at: so many processes died with it in hand.
    static func poison(_ id: StreamID, deaths: Int, stream: Int, partition: Int, size: Int) -> PlannedEntry {
        let fault = DeliveryFailure(
            reason: .poison,
            detail: """
                \(deaths) times a process died while it had this entry in hand. Look at the processes' last log lines and at their \
                memory before it is replayed.
                """
        )
        return PlannedEntry(unread: id, stream: stream, partition: partition, size: size, faults: [fault])
    }

    private init(unread id: StreamID, stream: Int, partition: Int, size: Int, faults: [DeliveryFailure]) {
        self.init(
            contactQueue: OrderingKey(stream: stream, contact: id.description),
            id: id,
            partition: partition,
            size: size,
            steps: [],
            faults: faults
        )
    }
}

/// One request of an entry.
struct PlannedRequest: Sendable, Equatable {
    let call: EncodedRequest
    /// The name of the mapping that made it.
    let mapping: String
    /// The mapping's priority: higher first.
    var priority = 0
    /// When it is too old to be sent; nil for never.
    var expiry: Expiry?
    /// Whether it was too old to be sent.
    var isExpired = false
    /// Whether it says once more what another request of the entry said.
    var isRepetition = false

    var deletesContact: Bool { call.operation.traits.erasesContact }

    func isTooOld(_ now: ContinuousClock.Instant) -> Bool { expiry.map { $0.at <= now } ?? false }
}

/// Why a part of an entry ended without being delivered.
struct DeliveryFailure: Sendable, Equatable {
    var reason: DeadLetterReason
    /// For a person: what is wrong with what, and what to do.
    var detail: String
    /// The mapping it happened in; nil when the whole entry is at fault.
    var mapping: String?
    /// The status of Loops' answer, if there was one.
    var status: Int?
    /// Loops' message, if there was one.
    var answer: String?
    /// What Loops' answer called itself, and the request's idempotency key.
    var requestID: String?
    var idempotencyKey: String?
}

extension PlannedEntry {
    /// The current step is too old to be sent.
    mutating func expire(_ expiry: Expiry) {
        switch expiry.policy {
        case .expire:
            expired += 1
            steps[nextStep].isExpired = true
        case .deadLetter: faults.append(.tooOld(mapping: steps[nextStep].mapping))
        // A step that is sent at any age has no expiry.
        case .send: return
        }
        advance()
    }
}

extension DeliveryFailure {
    fileprivate static func tooOld(mapping: String) -> DeliveryFailure {
        DeliveryFailure(
            reason: .tooOld,
            detail: """
                The event is older than the mapping's maxAge. Its age counts from its timestamp, also when it is replayed: raise maxAge before \
                that, or drop the letter.
                """,
            mapping: mapping
        )
    }
}

/// When a request is too old to be sent, and what becomes of it then.
struct Expiry: Sendable, Equatable {
    let at: ContinuousClock.Instant
    let policy: LatePolicy
}
