@testable import RedisStreams

/// What consumers of a group can do to each other's entries. The bridge does it in its scripts.
extension RedisClient {
    /// Reads what is pending for a consumer behind an ID. An entry that is gone from the stream has no fields.
    func readHistory(
        _ stream: String,
        group: String,
        consumer: String,
        after: StreamID = .zero,
        count: Int
    ) async throws(RedisError) -> [StreamEntry] {
        let arguments: [RedisArgument] = [
            "GROUP", .string(group), .string(consumer), "COUNT", .integer(count), "STREAMS", .string(stream),
            .string(after.description),
        ]
        return try await StreamEntry.single(from: send(RedisCommand("XREADGROUP", arguments)), of: "XREADGROUP")
    }

    /// Gives pending entries to a consumer.
    /// - Returns: those that it has now; the ones without fields are gone from the stream (before Redis 7.0).
    func claim(
        _ stream: String,
        group: String,
        consumer: String,
        minIdle: Duration = .zero,
        ids: [StreamID]
    ) async throws(RedisError) -> [StreamEntry] {
        if ids.isEmpty { return [] }
        let arguments: [RedisArgument] =
            [.string(stream), .string(group), .string(consumer), .integer(minIdle.milliseconds)]
            + ids.map { .string($0.description) }
        return try await StreamEntry.list(from: send(RedisCommand("XCLAIM", arguments)), of: "XCLAIM")
    }

    /// As ``claim(_:group:consumer:minIdle:ids:)``, without the entries and without a change of their delivery counts.
    func claimIDs(
        _ stream: String,
        group: String,
        consumer: String,
        minIdle: Duration = .zero,
        ids: [StreamID]
    ) async throws(RedisError) -> [StreamID] {
        if ids.isEmpty { return [] }
        let arguments: [RedisArgument] =
            [.string(stream), .string(group), .string(consumer), .integer(minIdle.milliseconds)]
            + ids.map { .string($0.description) } + ["JUSTID"]
        return try await send(RedisCommand("XCLAIM", arguments)).ids("XCLAIM")
    }

    /// Gives a consumer what others have held for long.
    func autoclaim(
        _ stream: String,
        group: String,
        consumer: String,
        minIdle: Duration,
        start: StreamID = .zero,
        count: Int
    ) async throws(RedisError) -> AutoclaimAnswer {
        let arguments: [RedisArgument] = [
            .string(stream), .string(group), .string(consumer), .integer(minIdle.milliseconds),
            .string(start.description),
            "COUNT", .integer(count),
        ]
        return try AutoclaimAnswer(await send(RedisCommand("XAUTOCLAIM", arguments)))
    }

    /// Removes a consumer from a group. What was pending for it is lost: check first.
    /// - Returns: how many entries were pending for it.
    func deleteConsumer(_ stream: String, group: String, consumer: String) async throws(RedisError) -> Int {
        let arguments: [RedisArgument] = ["DELCONSUMER", .string(stream), .string(group), .string(consumer)]
        return try await send(RedisCommand("XGROUP", arguments)).count("XGROUP")
    }

    /// `XINFO CONSUMERS`.
    func consumerInfos(_ stream: String, group: String) async throws(RedisError) -> [ConsumerInfo] {
        let arguments: [RedisArgument] = ["CONSUMERS", .string(stream), .string(group)]
        guard let items = try await send(RedisCommand("XINFO", arguments)).array else {
            throw .unexpectedReply(to: "XINFO CONSUMERS")
        }
        var infos: [ConsumerInfo] = []
        for item in items { infos.append(try ConsumerInfo(item)) }
        return infos
    }
}

/// What `XAUTOCLAIM` did.
struct AutoclaimAnswer: Sendable, Equatable {
    /// Where the next call goes on; ``StreamID/zero`` when all was looked at.
    let next: StreamID
    let entries: [StreamEntry]
    /// Pending entries that are gone from the stream (from Redis 7.0).
    let deleted: [StreamID]

    init(_ value: RedisValue) throws(RedisError) {
        guard let parts = value.array, parts.count >= 2, let next = StreamID(parts[0]) else {
            throw .unexpectedReply(to: "XAUTOCLAIM")
        }
        self.next = next
        entries = try StreamEntry.list(from: parts[1], of: "XAUTOCLAIM")
        deleted = parts.count > 2 ? try parts[2].ids("XAUTOCLAIM") : []
    }
}

/// A consumer as `XINFO CONSUMERS` shows it.
struct ConsumerInfo: Sendable, Equatable {
    let name: String
    let pending: Int
    let idle: Duration

    init(_ value: RedisValue) throws(RedisError) {
        guard let pairs = value.pairs, let name = pairs["name"]?.text, let pending = pairs["pending"]?.integer,
            let idle = pairs["idle"]?.integer
        else { throw .unexpectedReply(to: "XINFO CONSUMERS") }
        self.name = name
        self.pending = Int(pending)
        self.idle = .milliseconds(idle)
    }
}

extension RedisValue {
    fileprivate func ids(_ command: String) throws(RedisError) -> [StreamID] {
        guard let array else { throw .unexpectedReply(to: command) }
        return array.compactMap { StreamID($0) }
    }
}
