import JSON
import RedisStreams

/// Looks whether the entries of each contact end in the order of their IDs. The contact queues promise it; this sees whether they keep it, from the
/// other end and without knowing how they do it.
///
/// Across a rewind it sees less: which entries come again is Redis' word. But a contact that comes to rest at an older entry than it had ended with
/// was stepped over, and that counts too.
///
/// A value of fixed size: a contact has a slot by its hash and loses it to another one of the same slot. So it may miss a violation, and
/// never makes one up, but for two contacts whose 64-bit hashes are the same.
struct OrderMonitor: Sendable {
    /// An entry that ended after a later one of its contact, or that a contact was left at.
    struct Violation: Sendable, Equatable {
        let contact: String
        let partition: Int
        let id: StreamID
        /// The later one that ended before it.
        let after: StreamID
    }

    /// Contacts that are watched at a time, at the most.
    static let slots = 4096

    /// Looks in a row that find a contact at an older entry than it once ended with, after which that counts. An entry may just have been routed.
    static let looks = 3

    private struct Slot: Sendable {
        let contact: Int
        let name: String
        let partition: Int
        /// The last entry that ended in this tenure; nil when none has.
        var last: StreamID?
        /// The highest that ever ended here, in whatever tenure.
        var highest: StreamID
        /// Looks that found the contact behind.
        var looks = 0
    }

    private var slots = [Slot?](repeating: nil, count: Self.slots)
    private var found = 0
    /// Contacts that look left behind. Whether they are is known when the later entry is looked for: Redis may have lost it as well.
    private var behind: [Violation] = []
    /// More at a time are only counted when they come again.
    private static let mostBehind = 100
    private var last: Violation?

    init() {}

    mutating func observe(_ end: EntryCompletion) {
        let contact = UTF8Key(end.contact).hashValue
        let index = Int(UInt(bitPattern: contact) % UInt(Self.slots))
        var slot =
            slots[index].flatMap { $0.contact == contact && $0.partition == end.partition ? $0 : nil }
            ?? Slot(contact: contact, name: end.contact, partition: end.partition, last: nil, highest: end.id)
        if let last = slot.last, end.id < last {
            add(Violation(contact: end.contact, partition: end.partition, id: end.id, after: last))
        } else {
            slot.last = end.id
            slot.highest = max(slot.highest, end.id)
            slot.looks = 0
        }
        slots[index] = slot
    }

    /// The partition is read from its beginning, in a new tenure: what ended in it before may end once more, as a whole suffix.
    mutating func begin(_ partition: Int) {
        for index in slots.indices where slots[index]?.partition == partition {
            slots[index]?.last = nil
            slots[index]?.looks = 0
        }
    }

    /// Looks whether contacts of a partition were left at an older entry than they had ended with: a part of them was delivered again, and the
    /// rest was not.
    /// - Parameters:
    ///   - isIdle: whether everything of the partition has been read and has ended, as far as is known.
    ///   - position: the ID up to which everything has been routed.
    mutating func look(at partition: Int, isIdle: Bool, position: StreamID) {
        for index in slots.indices {
            guard let slot = slots[index], slot.partition == partition, let last = slot.last, last < slot.highest else {
                continue
            }
            guard isIdle, slot.highest <= position else {
                slots[index]?.looks = 0
                continue
            }
            slots[index]?.looks += 1
            guard slot.looks + 1 == Self.looks else { continue }
            guard behind.count < Self.mostBehind else { continue }
            behind.append(Violation(contact: slot.name, partition: partition, id: last, after: slot.highest))
            slots[index]?.highest = last
        }
    }

    /// The later entries of these were still in the stream: what was stepped over is a violation.
    mutating func confirm(_ violations: [Violation]) { for violation in violations { add(violation) } }

    /// Contacts that look left behind, since the last time.
    mutating func takeBehind() -> [Violation] {
        defer { behind = [] }
        return behind
    }

    private mutating func add(_ violation: Violation) {
        found += 1
        last = violation
    }

    /// How many violations there were since the last time, and the last of them.
    mutating func takeFound() -> (count: Int, last: Violation?) {
        defer { (found, last) = (0, nil) }
        return (found, last)
    }
}
