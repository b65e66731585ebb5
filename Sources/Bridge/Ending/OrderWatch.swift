import JSON
import RedisStreams

/// Looks whether the entries of each contact end in the order of their IDs. The lanes promise it; this sees whether they keep it, from the
/// other end and without knowing how they do it.
///
/// A value of fixed size: a contact has a slot by its hash and loses it to another one of the same slot. So it may miss a violation, and
/// never makes one up, but for two contacts whose 64-bit hashes are the same.
struct OrderWatch: Sendable {
    /// An entry that ended after a later one of its contact.
    struct Violation: Sendable, Equatable {
        let contact: String
        let partition: Int
        let id: StreamID
        /// The later one that ended before it.
        let after: StreamID
    }

    /// Contacts that are watched at a time, at the most.
    static let slots = 4096

    private struct Slot: Sendable {
        let contact: Int
        let partition: Int
        let last: StreamID
    }

    private var slots = [Slot?](repeating: nil, count: Self.slots)
    private var found = 0
    private var last: Violation?

    init() {}

    mutating func observe(_ end: EntryEnd) {
        // What Redis has forgotten and is told once more ended in its turn, the first time.
        if end.isRepetition || end.kind == .repeated { return }
        let contact = ByteText(end.contact).hashValue
        let index = Int(UInt(bitPattern: contact) % UInt(Self.slots))
        if let slot = slots[index], slot.contact == contact, slot.partition == end.partition, end.id < slot.last {
            found += 1
            last = Violation(contact: end.contact, partition: end.partition, id: end.id, after: slot.last)
            return
        }
        slots[index] = Slot(contact: contact, partition: end.partition, last: end.id)
    }

    /// The partition is read from its beginning: what ended in it before may end once more.
    mutating func forget(_ partition: Int) {
        for index in slots.indices where slots[index]?.partition == partition { slots[index] = nil }
    }

    /// Everything is read from its beginning.
    mutating func forgetAll() {
        for index in slots.indices { slots[index] = nil }
    }

    /// How many violations there were since the last time, and the last of them.
    mutating func takeFound() -> (count: Int, last: Violation?) {
        defer { (found, last) = (0, nil) }
        return (found, last)
    }
}
