import RedisStreams

/// What the pull script answered for one partition.
struct PulledPartition: Sendable, Equatable {
    let entries: [StreamEntry]
    /// The deaths that its only entry was present at; 0 for entries that are no suspects.
    let deaths: Int
    /// Whether a suspect waits, which is given out when nothing else of the partition is in hand.
    let suspectWaits: Bool

    /// - Returns: one for each partition that the call came to; nil where the caller is not the owner.
    static func list(_ value: RedisValue, atMost count: Int) throws(RedisError) -> [PulledPartition?] {
        guard case .array(let parts) = value, parts.count <= count else {
            throw RedisError(.unexpectedReply("pull"), command: "EVALSHA", mayHaveBeenApplied: true)
        }
        var list: [PulledPartition?] = []
        for part in parts {
            guard case .array(let fields) = part, fields.count == 3 else {
                list.append(nil)
                continue
            }
            list.append(
                PulledPartition(
                    entries: try StreamEntry.list(from: fields[0]),
                    deaths: Int(fields[1].integer ?? 0),
                    suspectWaits: fields[2] == .integer(1)
                )
            )
        }
        return list
    }
}
