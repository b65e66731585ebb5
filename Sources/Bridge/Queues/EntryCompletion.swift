import Loops
import RedisStreams

/// The one end of an entry. What comes after it is the acknowledgement.
struct EntryCompletion: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Every request was answered 2xx, or 409 on our own key.
        case delivered
        /// The same, and one of the requests deleted a contact, or found that Loops had none.
        case deleted
        /// No mapping matched.
        case ignored
        /// The entry was trimmed or deleted from the stream before it could be delivered: nothing is left to deliver.
        case lost
        /// Every request was left out since it was too old, as its mapping says.
        case expired
        /// Some part can never succeed.
        case deadLettered([DeliveryFailure])
    }

    let stream: Int
    let id: StreamID
    let partition: Int
    /// The tenure in which the entry was read. In no other one is its end acknowledged.
    var tenure = 0
    let size: Int
    let kind: Kind
    let attempts: Int
    let contact: String
    let occurredAt: Double?
    /// Whether the entry is too large to be read.
    var isUnreadable = false
    /// How it shared the request of another entry; nil when it had its own.
    var coalesced: CoalescedKind?
    /// Requests that were left out since they were too old.
    var expired = 0
    /// Where the event stands in a trace.
    var trace: TraceContext?
    /// The keys of contacts whose dead letters go before the entry is acknowledged.
    var erasedContacts: [String] = []
    /// What became of it by each mapping that took it.
    var mappings: [MappingOutcome] = []
    /// The load of the mappings that it was planned with.
    var mappingsLoad = 0
    /// What the journal noted of it.
    var record: EntryRecord?
}
