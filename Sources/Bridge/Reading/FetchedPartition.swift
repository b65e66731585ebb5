import RedisStreams

/// What waits in one partition: what the pull script said of it, and what the entries hold.
struct FetchedPartition: Sendable, Equatable {
    let entries: [StreamEntry]
    /// The deaths that its only entry was present at; 0 for entries that are no suspects.
    let deaths: Int
    /// Whether a suspect waits, which is given out when nothing else of the partition is in hand.
    let suspectWaits: Bool
}

/// The pull script's answer for one partition: up to where its entries may be read.
struct PullGrant: Sendable, Equatable {
    let count: Int
    let last: StreamID?
    let deaths: Int
    let suspectWaits: Bool

    /// - Returns: one for each partition that the call came to; nil where the caller is not the owner.
    static func list(_ value: RedisValue, atMost count: Int) throws(RedisError) -> [PullGrant?] {
        guard case .array(let parts) = value, parts.count <= count else { throw .unexpectedReply(toScript: "fetch") }
        var list: [PullGrant?] = []
        for part in parts {
            guard case .array(let fields) = part, fields.count == 4, let count = fields[0].integer else {
                list.append(nil)
                continue
            }
            list.append(
                PullGrant(
                    count: Int(count),
                    last: StreamID(fields[1]),
                    deaths: Int(fields[2].integer ?? 0),
                    suspectWaits: fields[3] == .integer(1)
                )
            )
        }
        return list
    }
}
