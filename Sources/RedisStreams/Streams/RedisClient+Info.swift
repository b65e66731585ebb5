extension RedisClient {
    /// `XINFO STREAM`.
    public func streamInfo(_ stream: String) async throws(RedisError) -> StreamInfo {
        try StreamInfo(await send(RedisCommand("XINFO", ["STREAM", .string(stream)])))
    }

    /// `XINFO GROUPS`.
    public func groupInfos(_ stream: String) async throws(RedisError) -> [GroupInfo] {
        guard let items = try await send(RedisCommand("XINFO", ["GROUPS", .string(stream)])).array else {
            throw .unexpectedReply(to: "XINFO GROUPS")
        }
        var infos: [GroupInfo] = []
        for item in items { infos.append(try GroupInfo(item)) }
        return infos
    }
}

/// A stream as `XINFO STREAM` shows it.
public struct StreamInfo: Sendable, Equatable {
    public let length: Int
    /// All that were ever added; nil before Redis 7.
    public let entriesAdded: Int?
    public let lastGeneratedID: StreamID
    public let groups: Int
    /// nil when the stream is empty.
    public let firstEntryID: StreamID?

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
public struct GroupInfo: Sendable, Equatable {
    public let name: String
    public let consumers: Int
    public let pending: Int
    public let lastDeliveredID: StreamID
    /// nil when Redis does not know (before 7.0, and after some restarts and deletions). Unknown is not 0.
    public let entriesRead: Int?
    /// nil when Redis does not know. Unknown is not 0.
    public let lag: Int?

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
