import DequeModule

/// The latest entries that ended as dead letters, with their ends. A failover may lose a letter together with its acknowledgement, and an entry
/// that was merely acknowledged again would be lost.
struct LetterMemory: Sendable {
    /// The most that are remembered. An older one is handled anew when it comes again.
    static let capacity = 1000

    private var letters: [EntryMark: EntryEnd] = [:]
    private var order: Deque<EntryMark> = []

    var count: Int { letters.count }

    subscript(mark: EntryMark) -> EntryEnd? { letters[mark] }

    mutating func insert(_ mark: EntryMark, _ end: EntryEnd) {
        if letters.updateValue(end, forKey: mark) == nil { order.append(mark) }
        if order.count > Self.capacity, let oldest = order.popFirst() { letters[oldest] = nil }
    }
}
