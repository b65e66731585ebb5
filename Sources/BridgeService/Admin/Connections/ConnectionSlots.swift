/// Which connections are open, and which of them goes when there are too many.
///
/// A value: connections that open, work and close go in, the one to close comes out. A new one is never refused: a probe has to get in while
/// somebody holds all the others. The one that has been idle longest goes, and one that is being answered only when all are.
package struct ConnectionSlots<ID: Hashable & Sendable>: Sendable {
    private struct Slot {
        var isBusy = false
        var since: UInt64
    }

    let limit: Int
    private var slots: [ID: Slot] = [:]
    private var changes: UInt64 = 0

    package init(limit: Int) {
        precondition(limit > 0, "a server has room for one connection at least")
        self.limit = limit
    }

    package var count: Int { slots.count }

    /// - Returns: the connection that has to go for this one; nil while there is room.
    package mutating func open(_ id: ID) -> ID? {
        let first = count >= limit ? slots.min { Self.goesBefore($0.value, $1.value) }?.key : nil
        if let first { slots[first] = nil }
        changes += 1
        slots[id] = Slot(since: changes)
        return first
    }

    /// A connection has begun to be answered, or is idle again. Nothing to do when it was told to go.
    package mutating func set(_ id: ID, isBusy: Bool) {
        guard slots[id] != nil else { return }
        changes += 1
        slots[id] = Slot(isBusy: isBusy, since: changes)
    }

    package mutating func close(_ id: ID) { slots[id] = nil }

    private static func goesBefore(_ one: Slot, _ other: Slot) -> Bool {
        one.isBusy == other.isBusy ? one.since < other.since : !one.isBusy
    }
}
