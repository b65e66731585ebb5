import HeapModule
import RedisStreams

/// The contact queues that could start a request, and which of them comes next: streams by weight, in a stream by the mapping's priority, within a
/// priority the oldest entry first.
///
/// A value. Nobody starves, a test: each eighth start of a stream goes to its oldest entry whatever its priority, so that an entry with `n`
/// older ones ready in its stream is started within `8 (n + 1)` starts of the stream.
struct ReadyQueue: Sendable {
    /// Names one readiness of one contact queue; never given again.
    typealias Ticket = UInt64

    /// The starts of a stream of which one goes to the oldest entry.
    static let oldestEvery = 8

    private struct Item: Sendable {
        let key: OrderingKey
        let entry: StreamID
        let priority: Int
        let ticket: Ticket
    }

    private struct ByAge: Comparable, Sendable {
        let item: Item
        static func < (a: ByAge, b: ByAge) -> Bool {
            a.item.entry == b.item.entry ? a.item.ticket < b.item.ticket : a.item.entry < b.item.entry
        }
        static func == (a: ByAge, b: ByAge) -> Bool { a.item.ticket == b.item.ticket }
    }

    private struct ByPriority: Comparable, Sendable {
        let item: Item
        static func < (a: ByPriority, b: ByPriority) -> Bool {
            a.item.priority == b.item.priority
                ? ByAge(item: a.item) < ByAge(item: b.item) : a.item.priority > b.item.priority
        }
        static func == (a: ByPriority, b: ByPriority) -> Bool { a.item.ticket == b.item.ticket }
    }

    private struct Stream: Sendable {
        var byAge: Heap<ByAge> = []
        var byPriority: Heap<ByPriority> = []
        var live: Set<Ticket> = []
        var sinceOldest = 0

        /// Takes away what is not live any more, at the front, or all of it when most is not.
        mutating func clean() {
            if byPriority.count > 2 * live.count + 64 {
                byPriority = Heap(byPriority.unordered.filter { live.contains($0.item.ticket) })
            }
            while let first = byAge.min, !live.contains(first.item.ticket) { byAge.removeMin() }
            while let first = byPriority.min, !live.contains(first.item.ticket) { byPriority.removeMin() }
        }

        mutating func started() { sinceOldest = isOldestsTurn ? 0 : sinceOldest + 1 }
        var isOldestsTurn: Bool { sinceOldest + 1 >= ReadyQueue.oldestEvery }
        var next: Item? { isOldestsTurn ? byAge.min?.item : byPriority.min?.item }
    }

    /// By their place in the configuration.
    private var streams: [Stream] = []
    private var scheduler: StrideScheduler
    private var tickets: Ticket = 0
    /// Contact queues that are ready.
    private(set) var count = 0

    /// - Parameter weights: of the streams, by their place in the configuration.
    init(weights: [Int] = []) {
        scheduler = StrideScheduler(weights: weights)
    }

    /// The contact queue is ready with this entry at its head.
    mutating func insert(_ key: OrderingKey, entry: StreamID, priority: Int) -> Ticket {
        tickets += 1
        let item = Item(key: key, entry: entry, priority: priority, ticket: tickets)
        while streams.count <= key.stream { streams.append(Stream()) }
        streams[key.stream].byAge.insert(ByAge(item: item))
        streams[key.stream].byPriority.insert(ByPriority(item: item))
        streams[key.stream].live.insert(tickets)
        count += 1
        return tickets
    }

    /// The contact queue is not ready any more.
    mutating func remove(_ ticket: Ticket, of stream: Int) {
        guard streams.indices.contains(stream), streams[stream].live.remove(ticket) != nil else { return }
        count -= 1
    }

    /// The contact queue whose turn it is.
    mutating func first() -> OrderingKey? { next()?.key }

    /// Takes out the contact queue whose turn it is. Whether it had its turn is told by ``started(_:)``.
    mutating func popFirst() -> OrderingKey? {
        guard let item = next() else { return nil }
        remove(item.ticket, of: item.key.stream)
        return item.key
    }

    /// A contact queue of the stream that was popped has started a request.
    mutating func started(_ stream: Int) {
        scheduler.took(stream)
        if streams.indices.contains(stream) { streams[stream].started() }
    }

    private mutating func next() -> Item? {
        if count == 0 { return nil }
        for stream in streams.indices { streams[stream].clean() }
        // Most bridges read one stream.
        if streams.count == 1 { return streams[0].next }
        return scheduler.next(streams.indices.filter { !streams[$0].live.isEmpty }).flatMap { streams[$0].next }
    }
}
