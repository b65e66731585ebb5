/// An event as it is added to the stream.
package struct NormalizedEvent: Sendable, Equatable {
    /// As the bridge reads it; made by chance where the event has none.
    package let messageId: String
    /// The bridge's contact key; nil for an event that says nothing of its contact.
    package let contactKey: String?
    /// JSON text: the value of the entry's field `event`.
    package let payload: [UInt8]
    package let type: String?
    /// Of a `track`, its event.
    package let name: String?
}

/// Why an event of an accepted request is not added. A closed set: it is a metric label.
package enum IngestDropReason: String, Sendable, CaseIterable {
    case notAnObject = "not_an_object"
    /// By `ingest.drop`.
    case page, screen, group, alias, anonymous, unmapped
    /// By the key.
    case typeNotAllowed = "type_not_allowed"
    case eventNotAllowed = "event_not_allowed"
    case emailNotAllowed = "email_not_allowed"
}

/// What becomes of a request.
package struct NormalizedBatch: Sendable, Equatable {
    /// In the order of the request.
    package var events: [NormalizedEvent] = []
    package var dropped: [IngestDropReason: Int] = [:]
    /// `context.library`'s name, of the first event that has one.
    package var sdk: String?
    /// By the sender's clock, in milliseconds since 1970.
    package var sentAt: Int64?

    /// How many the request had.
    package var count: Int { events.count + dropped.values.reduce(0, +) }
}
