import DevKit
import Logging
import RedisStreams
import Segment
import Synchronization

@testable import Bridge
@testable import StreamGroups

/// A redis-server of one's own with one stream, and sessions that call the scripts on it.
struct ScriptFixture: Sendable {
    static let group = "g"

    let server: RedisServer
    let client: RedisClient
    let stream: String

    var keys: GroupKeys { GroupKeys(stream: stream, group: Self.group) }

    /// Runs a server as long as `body` runs.
    static func run(
        stream: String = "events",
        appendOnly: Bool = false,
        _ body: @Sendable @escaping (ScriptFixture) async throws -> Void
    ) async throws {
        try await RedisServer.run(appendOnly: appendOnly) { server in
            var configuration = try RedisConfiguration(url: server.url)
            // A busy machine is no reason for a test to fail.
            configuration.commandTimeout = .seconds(60)
            configuration.connectTimeout = .seconds(60)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let client = RedisClient(configuration: configuration, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                defer { group.cancelAll() }
                try await body(ScriptFixture(server: server, client: client, stream: stream))
            }
        }
    }

    func session(partitions: Int = 4, member: String = "a") -> StreamState {
        StreamState(
            index: 0,
            group: GroupClient(client: client, keys: keys, partitions: partitions, member: member),
            timing: LeaseTiming(requestTimeout: .seconds(5)),
            limits: BufferLimits()
        )
    }

    /// A session that has opened its group and, without another member there, owns all partitions.
    func openSession(
        partitions: Int = 4,
        member: String = "a",
        paths: [String] = ["userId"]
    ) async throws -> StreamState {
        let session = session(partitions: partitions, member: member)
        _ = try await session.open(start: "0", rule: paths.joined(separator: "\n"), hadItOpen: false)
        for _ in 0..<3 { _ = try await session.beatOnce() }
        session.openAll()
        return session
    }

    /// Ends the server and starts it anew, and waits until it can be talked to.
    func restart() async throws {
        await server.stop()
        try await server.start()
        // A call may still meet the end of the old connection.
        while (try? await client.ping()) == nil { await Task.yield() }
    }

    @discardableResult
    func add(_ fields: [StreamField]) async throws -> StreamID { try await client.add(stream, fields: fields) }

    /// Adds one event of a contact.
    @discardableResult
    func add(contact: String) async throws -> StreamID {
        try await add([StreamField("event", #"{"type":"track","userId":"\#(contact)"}"#)])
    }

    /// Adds events of contacts `c0`, `c1`, ….
    func add(contacts count: Int) async throws -> [StreamID] {
        var ids: [StreamID] = []
        for number in 0..<count { ids.append(try await add(contact: "c\(number)")) }
        return ids
    }

    @discardableResult
    func send(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await client.send(RedisCommand(name, arguments.map { .string($0) }))
    }

    /// Takes new entries as another program would: they stay pending for this consumer.
    func readAs(_ consumer: String, count: Int = 1000) async throws {
        try await send(
            "XREADGROUP",
            "GROUP",
            Self.group,
            consumer,
            "COUNT",
            "\(count)",
            "STREAMS",
            stream,
            ">"
        )
    }

    /// The IDs that are pending, oldest first, by consumer.
    func pending() async throws -> [String: [StreamID]] {
        let entries = try await client.pending(stream, group: Self.group, count: 100_000)
        return Dictionary(grouping: entries, by: \.consumer).mapValues { $0.map(\.id) }
    }

    /// A hash of Redis.
    func hash(_ key: String) async throws -> [String: String] {
        let list = try await send("HGETALL", key).array ?? []
        var hash: [String: String] = [:]
        for index in stride(from: 0, to: list.count - 1, by: 2) {
            hash[list[index].text ?? ""] = list[index + 1].text
        }
        // Says only that the key was not deleted.
        if [keys.leases, keys.members].contains(key) { hash[GroupKeys.marker] = nil }
        return hash
    }

    /// The last entry that was routed to each partition.
    func tails() async throws -> [Int: StreamID] {
        var tails: [Int: StreamID] = [:]
        for (partition, id) in try await hash(keys.state + ":last-routed") {
            if let partition = Int(partition) { tails[partition] = StreamID(id) }
        }
        return tails
    }

    /// A set of Redis.
    func set(_ key: String) async throws -> Set<String> {
        Set((try await send("SMEMBERS", key).array ?? []).compactMap(\.text))
    }

    /// Whether the server counts what is added to a stream: from Redis 7.0 on.
    var countsAdditions: Bool {
        get async throws {
            try await send("XINFO", "STREAM", stream).array?.contains { $0.text == "entries-added" } ?? false
        }
    }

    /// What the last ring of a member's bell said; nil when it has not rung.
    func ring(_ member: String) async throws -> String? {
        let entry = try await client.range(keys.bell(of: member), count: 10).last
        return entry?.fields.map { String(decoding: $0.first?.value ?? [], as: UTF8.self) }
    }

    /// Makes it as if somebody else owned a partition.
    func give(_ partition: Int, to member: String) async throws {
        try await send("HSET", keys.leases, String(partition), "900 \(member)")
    }

    /// The fields of all dead letters.
    func letters() async throws -> [[StreamField]] {
        try await client.range(keys.deadLetters, count: 100_000).map { $0.fields ?? [] }
    }

    /// The partition that a contact key belongs to, by the definition: the first 32 bits of its SHA-1.
    static func partition(of key: String, partitions: Int) -> Int? {
        // A script's name in Redis is the SHA-1 of its text.
        UInt32(RedisScript(name: "key", source: key).sha1.prefix(8), radix: 16).map { Int($0) % partitions }
    }
}

extension StreamState {
    /// One heartbeat, as the lease keeper does it.
    func beatOnce(at now: ContinuousClock.Instant = .now) async throws -> [AssignmentChange] {
        let view = try await beat(nextHeartbeat(now: now))
        let changes = heartbeatAnswered(view, sentAt: now, now: now)
        openAll()
        return changes
    }

    /// Reads what is owned, as the reader does it.
    func openAll() {
        consumer.withLock { consumer in
            for (partition, tenure) in consumer.assignment.held
            where consumer.fetchPlanner.tenure(of: partition) != tenure {
                consumer.fetchPlanner.open(partition, tenure: tenure)
            }
        }
    }

    /// The tenure in which a partition is owned.
    func tenure(of partition: Int) -> Int? { consumer.withLock { $0.assignment.tenure(of: partition) } }

    /// Routes as the reader does it.
    func route(
        count: Int = 100,
        window: Int = 10_000,
        entryBytes: Int = 500 * 1024,
        paths: [String] = ["userId"],
        caughtUpPartitions: [Int] = [],
        cursors: [Int: StreamID] = [:]
    ) async throws -> Routed {
        var limits = EntryDecoder.Limits()
        limits.entryBytes = entryBytes
        let decoder = EntryDecoder(contactKeyRule: ContactKeyRule(paths: paths), limits: limits)
        if incarnation.isEmpty { _ = try await beatOnce() }
        func once(_ passed: Int?) async throws -> Routed {
            let peek = try await peek(count: count, decoder: decoder)
            let answer = try await route(
                peek,
                window: window,
                rule: paths.joined(separator: "\n"),
                passed: passed,
                caughtUpPartitions: caughtUpPartitions.map {
                    FetchPlanner.End(partition: $0, cursor: cursors[$0] ?? .zero)
                }
            )
            routed(to: answer.position)
            let entries = Dictionary(grouping: peek.entries.suffix(answer.entries), by: \.partition)
            let given = answer.given.sorted().map { (partition: $0, entries: (entries[$0] ?? []).map(\.entry)) }
            return Routed(answer: answer, peek: peek, given: given)
        }
        let first = try await once(nil)
        guard let added = first.answer.added, added != first.answer.passed else { return first }
        return try await once(added)
    }

    /// Adopts as the reader does it.
    func adopt(
        after: StreamID,
        count: Int,
        rule: String,
        entryBytes: Int
    ) async throws -> (moved: Int, gone: Int, next: StreamID?) {
        let decoder = EntryDecoder(contactKeyRule: ContactKeyRule(paths: rule.split(separator: "\n").map(String.init)))
        let found = try await group.foreign(after: after, count: count)
        let placed = zip(found.ids, try await group.entries(found.ids, in: incarnation)).map { id, entry in
            let key = entry.flatMap { decoder.decode($0).contactKey }
            return (
                id: id, partition: entry.map { _ in PartitionRule.partition(of: key, id: id, partitions: partitions) }
            )
        }
        let answer = try await group.run(
            AdoptScript(incarnation: incarnation, rule: rule, isLast: found.next == nil, entries: placed)
        )
        return (answer.moved, answer.gone, found.next)
    }

    func pull(_ pulls: [FetchPlanner.Fetch], most: Int = .max) async throws -> [FetchedPartition?] {
        let grants = try await grants(pulls, most: most)
        return zip(grants, try await contents(grants, of: pulls)).map { grant, entries in
            grant.map { FetchedPartition(entries: entries, deaths: $0.deaths, suspectWaits: $0.suspectWaits) }
        }
    }

    /// Pulls one partition from its beginning.
    func pullAll(_ partition: Int = 0, count: Int = 100, allowsQuarantined: Bool = false) async throws
        -> FetchedPartition?
    {
        let pull = FetchPlanner.Fetch(
            partition: partition,
            after: .zero,
            count: count,
            allowsQuarantined: allowsQuarantined
        )
        return try await self.pull([pull]).first ?? nil
    }

    /// Pulls partitions, each given as partition, ID to read after, and count.
    /// - Returns: the IDs for each; nil where another replica is the owner.
    func pullIDs(_ pulls: [(Int, StreamID, Int)]) async throws -> [[StreamID]?] {
        try await pull(pulls.map { FetchPlanner.Fetch(partition: $0.0, after: $0.1, count: $0.2) })
            .map { $0?.entries.map(\.id) }
    }

    /// Dead-letters an entry in whatever its partition's tenure is.
    func deadLetter(
        _ id: StreamID,
        partition: Int,
        maxLength: Int,
        fields: [RedisArgument],
        receipts: ReceiptWriter = ReceiptWriter(maxLength: 0, replica: "")
    ) async throws -> Int {
        let end = Self.end(id, partition, tenure(of: partition) ?? 0, .deadLettered([]))
        let own = (try await self.fields(of: id) ?? []).flatMap { [RedisArgument.bytes($0.name), .bytes($0.value)] }
        return try await deadLetter(end, maxLength: maxLength, fields: fields + own, receipts: receipts).evicted
    }

    /// - Returns: the partitions that were refused.
    func acknowledge(
        _ ended: [EndedEntries],
        receipts: ReceiptWriter = ReceiptWriter(maxLength: 0, replica: "")
    ) async throws -> Set<Int> {
        let portions = ended.map { portion(of: $0) }
        return Set(try await acknowledge(portions, receipts: receipts).refused.map { portions[$0].partition })
    }

    private static func end(_ id: StreamID, _ partition: Int, _ tenure: Int, _ kind: EntryCompletion.Kind)
        -> EntryCompletion
    {
        EntryCompletion(
            stream: 0,
            id: id,
            partition: partition,
            tenure: tenure,
            size: 0,
            kind: kind,
            attempts: 1,
            contact: "ann",
            occurredAt: nil
        )
    }

    private func portion(of ended: EndedEntries) -> AckQueue.PartitionBatch {
        let tenure = tenure(of: ended.partition) ?? 0
        let ends = ended.ids.map { Self.end($0, ended.partition, tenure, .delivered) }
        return AckQueue.PartitionBatch(partition: ended.partition, tenure: tenure, ids: ended.ids, ends: ends)
    }

    /// What the script itself answers: how many entries were pending, then the places of the portions that are others'.
    func acknowledgeCounts(_ portions: [EndedEntries]) async throws -> [Int64?] {
        var arguments: [RedisArgument] = [.string(keys.group), .string(incarnation), "0"]
        for portion in portions {
            arguments += [
                .string("\(portion.partition)"), .string(lease(of: portion.partition) ?? "none"),
                .string("\(portion.ids.count)"),
            ]
            arguments += portion.ids.map { .string($0.description) }
        }
        let names = [keys.stream, keys.state, keys.leases, keys.suspects]
        let answer = try await client.run(AcknowledgeScript.source.script, keys: names, arguments: arguments)
        return answer.array?.map(\.integer) ?? []
    }

    /// - Returns: what the script itself answers.
    @discardableResult
    func bury(
        _ id: StreamID,
        partition: Int = 0,
        maxLength: Int = 1000,
        why: [(String, String)] = [("reason", "refused")]
    ) async throws -> RedisValue {
        let lease = lease(of: partition) ?? "none"
        let arguments = [keys.group, incarnation, String(partition), lease, id.description, String(maxLength), "0", ""]
        let own = (try await fields(of: id) ?? []).flatMap { [RedisArgument.bytes($0.name), .bytes($0.value)] }
        return try await client.run(
            DeadLetterScript.source.script,
            keys: [keys.stream, keys.state, keys.leases, keys.suspects, keys.deadLetters],
            arguments: (arguments + why.flatMap { [$0.0, $0.1] }).map { .string($0) } + own
        )
    }
}
