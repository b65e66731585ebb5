import JSON
package import RedisStreams
package import Segment

/// One dead letter as it stands in the dead-letter stream.
package struct DeadLetter: Sendable, Equatable {
    /// The names of what stands in front of the entry's own fields, in order: a reader knows by it where those begin. The entry's own fields follow, under their own names.
    package static let fieldNames = [
        "reason", "detail", "status", "answer", "attempts", "mapping", "stream", "id", "contact", "requestId",
        "idempotencyKey", "traceId", "deadAt",
    ]

    /// Its ID in the dead-letter stream.
    package let id: StreamID
    /// A ``DeadLetterReason``, or what a newer version knows.
    package let reason: String
    /// For a person. May hold what the event held.
    package let detail: String
    /// The status of Loops' answer, if there was one.
    package let status: Int?
    /// Loops' message. May hold what the event held.
    package let answer: String
    package let attempts: Int
    /// The mappings at fault, joined by commas; empty when the whole entry is.
    package let mapping: String
    /// The stream that the entry was in, and its ID there.
    package let stream: String
    package let entry: StreamID
    /// The contact key; nil for an entry that says nothing of its contact.
    package let contact: String?
    /// What Loops' answer called itself, the idempotency key of the request that was at fault, and the trace of the event; empty when there is none.
    package let requestID: String
    package let idempotencyKey: String
    package let traceID: String
    /// Milliseconds since 1970.
    package let deadAt: Int64
    /// The entry's own fields.
    package let fields: [StreamField]
    /// How many of them the letter has no room for.
    package let fieldsLeftOut: Int

    /// The fields of its entry that a letter holds at the most, and their bytes. What has more is left in its stream: a script must not see many
    /// texts that a producer has chosen.
    package static let maxFields = 32
    package static let maxBytes = 1 << 20
    package static let leftOutName = Array("fieldsLeftOut".utf8)

    /// - Returns: nil when the entry of the dead-letter stream was written by something else.
    package init?(_ letter: StreamEntry, decoder: EntryDecoder = EntryDecoder()) {
        guard let all = letter.fields, all.count >= DeadLetter.fieldNames.count,
            zip(DeadLetter.fieldNames, all).allSatisfy({ $1.name.elementsEqual($0.utf8) })
        else { return nil }
        func text(_ name: String) -> String {
            DeadLetter.fieldNames.firstIndex(of: name).map { String(decoding: all[$0].value, as: UTF8.self) } ?? ""
        }
        guard let entry = StreamID(text("id")) else { return nil }
        var own = Array(all.dropFirst(DeadLetter.fieldNames.count))
        var leftOut = 0
        // An entry's only field holds an object, if it is an event, and no number.
        if own.count == 1, own[0].name == Self.leftOutName,
            let count = Int(String(decoding: own[0].value, as: UTF8.self))
        {
            leftOut = count
            own = []
        }
        self.id = letter.id
        self.reason = text("reason")
        self.detail = text("detail")
        self.status = Int(text("status"))
        self.answer = text("answer")
        self.attempts = Int(text("attempts")) ?? 0
        self.mapping = text("mapping")
        self.stream = text("stream")
        self.entry = entry
        self.requestID = text("requestId")
        self.idempotencyKey = text("idempotencyKey")
        self.traceID = text("traceId")
        self.deadAt = Int64(text("deadAt")) ?? Int64(clamping: letter.id.milliseconds)
        self.fields = own
        self.fieldsLeftOut = leftOut
        // An entry that kills its readers is put away unread: its letter has the entry's ID in place of a contact.
        let contact = text("contact")
        self.contact = contact == entry.description ? decoder.decode(own).contactKey : contact
    }

    /// How long it has been dead, in milliseconds. Whoever may write to Redis may have written any time.
    package func age(now: Int64) -> Int64 {
        let (age, overflow) = now.subtractingReportingOverflow(deadAt)
        return overflow ? (deadAt < 0 ? .max : .min) : age
    }

    /// What its first event is called: the name of a track, else its type; nil when no event can be read.
    package var eventName: String? {
        let events = EntryDecoder().decode(fields).events
        guard let event = events.first else { return nil }
        let name = event.json["event"]?.stringValue ?? event.type
        return events.count > 1 ? "\(name) +\(events.count - 1)" : name
    }

    /// Why the letter cannot be replayed; nil when it can.
    package var obstacle: String? {
        if fieldsLeftOut > 0 {
            return "its content was left in \(stream), as entry \(entry): publish it from there, if it is still there"
        }
        if fields.isEmpty {
            return "the entry was gone from the stream before it was dead-lettered: nothing is left of it"
        }
        return nil
    }
}

extension EntryDecoder {
    package func decode(_ fields: [StreamField]) -> DecodedEntry {
        decode(fields.map { (name: $0.name, value: $0.value) })
    }
}

/// Why an entry went to the dead-letter stream. A closed set: it is a metric label.
package enum DeadLetterReason: String, Sendable, CaseIterable {
    /// The entry does not hold an event: not JSON, no type, empty.
    case invalidEntry
    /// A batch whose events belong to different contacts, which cannot be kept in order.
    case mixedBatch
    /// A mapping matched and its fields do not pass the action's validation.
    case invalidFields
    /// A mapping matched and could not be resolved against the event.
    case mappingFailed
    /// Loops answered 400 or another final 4xx.
    case refused
    /// Loops knows the idempotency key with another body.
    case idempotencyConflict
    /// Loops knows the idempotency key, and no attempt that is known of can have succeeded.
    case unconfirmed
    /// The event alone kept failing for longer than `bridge.retryFor` while others succeeded.
    case exhausted
    /// It waited longer than its mapping's `maxAge`.
    case tooOld
    /// Processes died again and again while they had the entry in hand.
    case poison
}
