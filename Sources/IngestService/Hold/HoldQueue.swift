/// What waits to be added to one stream: first in, first out, for a bounded time and in bounded memory.
///
/// A value: what arrives and what came of calls goes in, what to do next comes out. One call is made at a time, of the oldest that fit into one: so
/// nothing overtakes, whether it was held or has just come.
package struct HoldQueue: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package struct Limits: Sendable, Equatable {
        /// How long a request is held. Shorter than the shortest time that a client waits for its answer: 8 s, of Segment's library for Ruby.
        package var hold = Duration.seconds(5)
        /// The most bytes of events that wait.
        package var bytes = 64 << 20
        /// The most events of one call.
        package var eventsPerCall = AcceptScript.eventsMax
        /// Between a call that failed and the next one.
        package var pause = Duration.milliseconds(100)

        package init() {}
    }

    package typealias ID = UInt64

    package struct Size: Sendable, Equatable {
        package let events: Int
        package let bytes: Int

        package init(events: Int, bytes: Int) {
            self.events = events
            self.bytes = bytes
        }
    }

    private struct Item: Sendable {
        let id: ID
        let size: Size
        let arrived: Instant
        let deadline: Instant
    }

    package enum Action: Sendable, Equatable {
        /// Make one call of these, the oldest first. The deadline is the first one's.
        case call([ID], deadline: Instant)
        /// Ask again then.
        case wait(until: Instant)
        /// Nothing to do until something arrives, or until the call that is under way has ended.
        case idle
    }

    private let limits: Limits
    private var items: ArraySlice<Item> = []
    private var nextID: ID = 0
    /// How many of the first are under way.
    private var underway = 0
    private var notBefore: Instant?
    private(set) package var bytes = 0
    /// Since when every call has failed; nil when the last one did not.
    private(set) package var outageSince: Instant?

    package init(limits: Limits = Limits()) { self.limits = limits }

    package var count: Int { items.count }
    /// When the one that has waited longest came.
    package var oldest: Instant? { items.first?.arrived }

    /// A request has come, in parts that each go into one call.
    /// - Returns: their numbers; nil when there is no room for all of them.
    package mutating func arrive(_ parts: [Size], now: Instant) -> [ID]? {
        let size = parts.reduce(0) { $0 + $1.bytes }
        // A request that is larger than the limit has room when it is alone.
        guard items.isEmpty || bytes + size <= limits.bytes else { return nil }
        bytes += size
        return parts.map { part in
            precondition(part.events <= limits.eventsPerCall, "a part of a request goes into one call")
            nextID += 1
            items.append(Item(id: nextID, size: part, arrived: now, deadline: now + limits.hold))
            return nextID
        }
    }

    package mutating func next(now: Instant) -> Action {
        guard underway == 0, let first = items.first else { return .idle }
        if let notBefore, now < notBefore { return .wait(until: min(notBefore, first.deadline)) }
        var events = 0
        let group = items.prefix { item in
            events += item.size.events
            return events <= limits.eventsPerCall
        }
        underway = group.count
        return .call(group.map(\.id), deadline: first.deadline)
    }

    /// The call under way was carried out.
    package mutating func accepted() {
        remove(underway)
        underway = 0
        notBefore = nil
        outageSince = nil
    }

    /// The call under way was not carried out, or nobody knows.
    package mutating func failed(now: Instant) {
        underway = 0
        notBefore = now + limits.pause
        outageSince = outageSince ?? now
    }

    /// Takes out those that have waited for too long: they are to be refused. What is under way ends by itself.
    package mutating func expire(now: Instant) -> [ID] {
        guard underway == 0 else { return [] }
        // The oldest come first, and all may wait equally long.
        let late = items.prefix { $0.deadline <= now }.map(\.id)
        remove(late.count)
        return late
    }

    /// For how many whole seconds every call has failed; 0 when the last one did not.
    package func outageSeconds(now: Instant) -> Int {
        outageSince.map { Int((now - $0) / .seconds(1)) } ?? 0
    }

    private mutating func remove(_ count: Int) {
        for item in items.prefix(count) { bytes -= item.size.bytes }
        items.removeFirst(count)
        if items.isEmpty { items = [] }
    }
}
