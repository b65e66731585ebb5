import RedisStreams

/// What the route script did.
struct RouteAnswer: Sendable, Equatable {
    /// Entries that were moved to their partitions.
    let entries: Int
    /// Whether the window was full, so that nothing was read.
    let isFull: Bool
    /// The ID up to which all has been routed, by whichever replica; nil when the window was full.
    let last: StreamID?
    /// The bytes of their fields.
    let bytes: Int
    /// This member's partitions that got some, from this call or from others'.
    let partitions: [Int]
    /// Whether another replica took over another program's pending entries: this member's partitions may have got older entries than those
    /// that were read.
    let readsAgain: Bool
    /// Entries that were trimmed or deleted before they could be routed; found when all has been read.
    let lost: Int

    init(_ value: RedisValue) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 6, case .integer(let entries) = parts[0],
            case .integer(let full) = parts[1], case .integer(let bytes) = parts[3],
            case .array(let touched) = parts[4],
            case .integer(let lost) = parts[5]
        else { throw RedisError(.unexpectedReply("route"), command: "EVALSHA", mayHaveBeenApplied: true) }
        self.entries = Int(entries)
        self.isFull = full != 0
        self.last = StreamID(parts[2])
        self.bytes = Int(bytes)
        let numbers = touched.compactMap { if case .integer(let partition) = $0 { Int(partition) } else { nil } }
        self.partitions = numbers.filter { $0 >= 0 }
        self.readsAgain = numbers.contains(-1)
        self.lost = Int(lost)
    }
}
