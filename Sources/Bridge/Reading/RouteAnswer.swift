import RedisStreams

/// What the route script did.
struct RouteAnswer: Sendable, Equatable {
    /// Entries that were put into their partitions: the last ones of the call.
    let entries: Int
    /// Whether too many are pending, so that nothing was routed.
    let isFull: Bool
    /// The group's position: the ID up to which all has been routed, by whichever replica.
    let position: StreamID
    /// This member's partitions to fetch: they got some from others, or from this call and had not been read to their end.
    let partitions: [Int]
    /// The partitions that had been read to their end, whose new entries of this call are in this member's hand now.
    let given: Set<Int>
    /// Whether this member's partitions may have got older entries than those that were read: they are read again in a new tenure.
    let readsAgain: Bool
    /// How many entries of the stream have been passed at the position; nil where that is unknown.
    let passed: Int?
    /// As ``passed``, if all that was ever added was passed by now: what ``passed`` should be once nothing is found behind the position.
    let added: Int?
    /// Entries that were trimmed or deleted before they could be routed.
    let lost: Int

    init(_ value: RedisValue) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 8, let entries = parts[0].integer,
            let full = parts[1].integer, let position = StreamID(parts[2]), let touched = parts[3].array,
            let given = parts[4].array, let passed = parts[5].integer, let added = parts[6].integer,
            let lost = parts[7].integer
        else { throw .unexpectedReply(toScript: "route") }
        self.entries = Int(entries)
        self.isFull = full != 0
        self.position = position
        let numbers = touched.compactMap { $0.integer.map { Int($0) } }
        self.partitions = numbers.filter { $0 >= 0 }
        self.readsAgain = numbers.contains(-1)
        self.given = Set(given.compactMap { $0.integer.map { Int($0) } })
        self.passed = passed < 0 ? nil : Int(passed)
        self.added = added < 0 ? nil : Int(added)
        self.lost = Int(lost)
    }
}
