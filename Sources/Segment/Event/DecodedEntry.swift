/// What an entry of a stream holds.
package struct DecodedEntry: Sendable, Equatable {
    /// The events that can be mapped, in their order.
    package let events: [SegmentEvent]
    /// Why some of the entry, or all of it, can never be delivered. Not empty when `events` is empty.
    package let faults: [EntryError]
    /// The contact of all its events; nil when there is none, and then the entry's own ID stands for it.
    package let contactKey: String?
    /// All values together, in bytes.
    package let bytes: Int
}
