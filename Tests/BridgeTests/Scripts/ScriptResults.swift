import RedisStreams

@testable import Bridge
@testable import StreamGroups

/// What was routed, with what the entries hold.
struct Routed {
    let answer: RouteAnswer
    let peek: Peek
    /// The new entries of the partitions that had been read to their end.
    let given: [(partition: Int, entries: [StreamEntry])]

    var entries: Int { answer.entries }
    var isFull: Bool { answer.isFull }
    var last: StreamID? { answer.isFull ? nil : answer.position }
    var partitions: [Int] { answer.partitions }
    var readsAgain: Bool { answer.readsAgain }
    var lost: Int { answer.lost }
    var bytes: Int { peek.bytes }
}

/// What waits in one partition: what the fetch script said of it, and what the entries hold.
struct FetchedPartition: Equatable {
    let entries: [StreamEntry]
    let deaths: Int
    let suspectWaits: Bool
}

/// Entries of one partition that have ended, in whatever its tenure is.
struct EndedEntries {
    let partition: Int
    let ids: [StreamID]
}
