import Bridge
import BridgeService
import Ingest
import IngestService
import JSON
import Logging
import RedisStreams
import Segment

/// Where events go: a stream, or several that one is spread over by contact, as the intake does it.
struct PublishTargets: Sendable {
    /// Why names of streams are none.
    struct Fault: Error, CustomStringConvertible { let description: String }

    let shards: IngestShards
    let streams: [String]
    private let rule: ContactKeyRule

    /// - Parameters:
    ///   - typed: a name, or a pattern such as `segment:events:{0..3}`; nil for the first of the streams that bridges read, with those that it is
    ///     spread over.
    ///   - contactPaths: as the bridge has them.
    init(_ typed: String?, read: [String], contactPaths: [String]) throws(Fault) {
        rule = ContactKeyRule(paths: contactPaths)
        shards = try typed.map { typed throws(Fault) in try Self.shards(typed) } ?? Self.family(of: read)
        streams = shards.streams
    }

    /// Of a name that was typed.
    private static func shards(_ typed: String) throws(Fault) -> IngestShards {
        guard let names = StreamPattern.names(typed), !typed.isEmpty else {
            throw Fault(description: "--stream: '\(typed)' is no stream, and no pattern such as segment:events:{0..3}")
        }
        if names == [typed] { return IngestShards(stream: typed) }
        let family = Self.family(of: names)
        guard family.streams == names else {
            throw Fault(description: "--stream: '\(typed)' has to be of the form NAME:{0..N}, from 0 and with N from 1")
        }
        return family
    }

    /// The first stream, or the whole of what it is a part of: `NAME:{0}`, `NAME:{1}` and so on.
    private static func family(of names: [String]) -> IngestShards {
        let first = names.first ?? "segment:events"
        guard first.hasSuffix(":{0}") else { return IngestShards(stream: first) }
        let base = String(first.dropLast(4))
        let known = Set(names)
        let count = (0..<IngestShards.countMax).prefix { known.contains("\(base):{\($0)}") }.count
        return count > 1 ? IngestShards(stream: base, count: count) : IngestShards(stream: first)
    }

    /// What people call it.
    var name: String { shards.count == 1 ? shards.stream : "\(shards.stream):{0..\(shards.count - 1)}" }

    /// Which of ``streams`` an event belongs to. What says nothing of its contact goes by its messageId, as in the intake, else by its text.
    func index(of event: [UInt8]) -> Int {
        guard shards.count > 1 else { return 0 }
        let json = (try? JSONParser.parse(event)) ?? .null
        let key = rule.key(of: SegmentEvent.asRead(json)) ?? SegmentEvent.messageId(json["messageId"])
        return shards.index(of: key ?? String(decoding: event, as: UTF8.self))
    }
}

/// The connections to where events go: one, or in a cluster one for each stream, to the server that holds it.
struct PublishClients: Sendable {
    private let targets: PublishTargets
    private let redis: RedisConfiguration
    private let clients: [RedisClient]

    init(_ targets: PublishTargets, redis: RedisConfiguration) {
        self.targets = targets
        self.redis = redis
        let streams = redis.isCluster ? targets.streams : [targets.streams[0]]
        clients = streams.map { stream in
            var redis = redis
            redis.slotKey = stream
            return RedisClient(configuration: redis, logger: Loggers.logger(.init(level: .critical)))
        }
    }

    /// Runs until the body ends.
    func run(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for client in clients { tasks.addTask { await client.run() } }
            defer { tasks.cancelAll() }
            try await body()
        }
    }

    /// Adds events in their order.
    /// - Returns: for each whether Redis has it, and the first error.
    func add(_ events: [PublishRun.Event]) async -> (isAdded: [Bool], error: (any Error)?) {
        var isAdded = Array(repeating: false, count: events.count)
        var failure: (any Error)?
        let groups = Dictionary(grouping: events.indices) { clients.count == 1 ? 0 : events[$0].stream }
        for (client, indices) in groups.sorted(by: { $0.key < $1.key }) where failure == nil {
            let commands = indices.map { index in
                let stream = RedisArgument.string(targets.streams[events[index].stream])
                return RedisCommand("XADD", [stream, .string("*"), .string("event"), .bytes(events[index].bytes)])
            }
            do throws(RedisError) {
                for (index, answer) in zip(indices, try await clients[client].pipeline(commands)) {
                    switch answer {
                    case .success: isAdded[index] = true
                    case .failure(let error):
                        failure = failure ?? RedisError(.server(error), command: "XADD", mayHaveBeenApplied: false)
                    }
                }
            } catch {
                failure = error
            }
        }
        return (isAdded, failure)
    }

    /// The number of streams is remembered in Redis, for the intake too: another one would put a contact's next event into another stream.
    /// - Returns: a warning when it could not be compared, for want of rights.
    /// - Throws: ``ShardRecord/Conflict``, `RedisError`
    func checkShards() async throws -> String? {
        guard targets.shards.count > 1 else { return nil }
        do {
            try await ShardRecord(redis: redis, shards: targets.shards)
                .check(logger: Loggers.logger(.init(level: .critical)))
            return nil
        } catch let error as RedisError {
            guard case .server(let answer) = error.reason, answer.code == "NOPERM" else { throw error }
            return
                "whether \(targets.shards.stream) is spread over \(targets.shards.count) streams elsewhere too was not compared: \(answer)"
        }
    }

    /// Streams that no group reads. What the user may not ask, or what fails, counts as read.
    func unread() async -> [String] {
        var unread: [String] = []
        for (index, stream) in targets.streams.enumerated() {
            do throws(RedisError) {
                let client = clients[clients.count == 1 ? 0 : index]
                let groups = try await client.send(RedisCommand("XINFO", [.string("GROUPS"), .string(stream)]))
                if groups.array?.isEmpty ?? false { unread.append(stream) }
            } catch {
                guard case .server = error.reason else { return unread }
            }
        }
        return unread
    }
}
