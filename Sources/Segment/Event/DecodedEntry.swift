/// What an entry of a stream holds.
public struct DecodedEntry: Sendable, Equatable {
    /// The events that can be mapped, in their order.
    public let events: [SegmentEvent]
    /// Why some of the entry, or all of it, can never be delivered. Not empty when `events` is empty.
    public let faults: [EntryError]
    /// The contact of all its events; nil when there is none, and then the entry's own ID stands for it.
    public let contactKey: String?
    /// All values together, in bytes.
    public let bytes: Int
}
