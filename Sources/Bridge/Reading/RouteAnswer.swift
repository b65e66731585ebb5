import RedisStreams

/// What the route script did.
struct RouteAnswer: Sendable {
    /// Entries that were moved to their partitions.
    let entries: Int
    /// Whether the window was full, so that nothing was read.
    let isFull: Bool
    /// The ID up to which all has been routed, by whichever replica; nil when the window was full.
    let last: StreamID?
    /// The bytes of their fields.
    let bytes: Int
    /// This member's partitions to pull: they got some from others, or from this call and had not been read to their end.
    let partitions: [Int]
    /// The new entries of the partitions that had been read to their end. They are in this member's hand now, as if they had been pulled.
    let given: [(partition: Int, entries: [StreamEntry])]
    /// Whether another replica took over another program's pending entries: this member's partitions may have got older entries than those
    /// that were read.
    let readsAgain: Bool
    /// Entries that were trimmed or deleted before they could be routed; found when all has been read.
    let lost: Int

    /// - Parameter readToEnd: the partitions that were named in the call.
    init(_ value: RedisValue, readToEnd: [Intake.End] = []) throws(RedisError) {
        guard case .array(let parts) = value, parts.count == 7, case .integer(let entries) = parts[0],
            case .integer(let full) = parts[1], case .integer(let bytes) = parts[3],
            case .array(let touched) = parts[4],
            case .integer(let lost) = parts[5], case .array(let given) = parts[6], given.count.isMultiple(of: 2)
        else { throw Self.unexpected }
        self.entries = Int(entries)
        self.isFull = full != 0
        self.last = StreamID(parts[2])
        self.bytes = Int(bytes)
        let numbers = touched.compactMap { if case .integer(let partition) = $0 { Int(partition) } else { nil } }
        self.partitions = numbers.filter { $0 >= 0 }
        self.readsAgain = numbers.contains(-1)
        self.lost = Int(lost)
        var readings: [(partition: Int, entries: [StreamEntry])] = []
        for index in stride(from: 0, to: given.count, by: 2) {
            guard case .integer(let partition) = given[index], readToEnd.contains(where: { $0.partition == partition })
            else {
                throw Self.unexpected
            }
            readings.append((Int(partition), try StreamEntry.list(from: given[index + 1])))
        }
        self.given = readings
    }

    private static var unexpected: RedisError {
        RedisError(.unexpectedReply("route"), command: "EVALSHA", mayHaveBeenApplied: true)
    }
}
