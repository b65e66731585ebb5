extension RedisClient {
    /// `XINFO STREAM`.
    package func streamInfo(_ stream: String) async throws(RedisError) -> StreamInfo {
        try StreamInfo(await send(RedisCommand("XINFO", ["STREAM", .string(stream)])))
    }

    /// `XINFO GROUPS`.
    package func groupInfos(_ stream: String) async throws(RedisError) -> [GroupInfo] {
        guard let items = try await send(RedisCommand("XINFO", ["GROUPS", .string(stream)])).array else {
            throw .unexpectedReply(to: "XINFO GROUPS")
        }
        var infos: [GroupInfo] = []
        for item in items { infos.append(try GroupInfo(item)) }
        return infos
    }
}

/// A stream as `XINFO STREAM` shows it.
package struct StreamInfo: Sendable, Equatable {
    package let length: Int
    /// All that were ever added; nil before Redis 7.
    package let entriesAdded: Int?
    package let lastGeneratedID: StreamID
    package let groups: Int
    /// nil when the stream is empty.
    package let firstEntryID: StreamID?

    init(_ value: RedisValue) throws(RedisError) {
        guard let pairs = value.pairs, let length = pairs["length"]?.integer, let groups = pairs["groups"]?.integer,
            let last = pairs["last-generated-id"].flatMap({ StreamID($0) })
        else { throw .unexpectedReply(to: "XINFO STREAM") }
        self.length = Int(length)
        self.entriesAdded = pairs["entries-added"]?.integer.map { Int($0) }
        self.groups = Int(groups)
        self.lastGeneratedID = last
        self.firstEntryID = pairs["first-entry"]?.array?.first.flatMap { StreamID($0) }
    }
}

/// A group as `XINFO GROUPS` shows it.
package struct GroupInfo: Sendable, Equatable {
    package let name: String
    package let consumers: Int
    package let pending: Int
    package let lastDeliveredID: StreamID
    /// nil when Redis does not know (before 7.0, and after some restarts and deletions). Unknown is not 0.
    package let entriesRead: Int?
    /// nil when Redis does not know. Unknown is not 0.
    package let lag: Int?

    init(_ value: RedisValue) throws(RedisError) {
        guard let pairs = value.pairs, let name = pairs["name"]?.text, let consumers = pairs["consumers"]?.integer,
            let pending = pairs["pending"]?.integer, let last = pairs["last-delivered-id"].flatMap({ StreamID($0) })
        else { throw .unexpectedReply(to: "XINFO GROUPS") }
        self.name = name
        self.consumers = Int(consumers)
        self.pending = Int(pending)
        self.lastDeliveredID = last
        self.entriesRead = pairs["entries-read"]?.integer.map { Int($0) }
        self.lag = pairs["lag"]?.integer.map { Int($0) }
    }
}
