package import Bridge
package import Logging
package import RedisStreams
import Segment
package import StreamGroups
import Support

/// A stream of the configuration with a connection of its own, for those who look at it from outside and take no part in its group.
package struct GroupInspector: Sendable {
    package let keys: GroupKeys
    let group: String
    let client: RedisClient
    let decoder: EntryDecoder

    init(keys: GroupKeys, group: String, client: RedisClient, decoder: EntryDecoder = EntryDecoder()) {
        self.keys = keys
        self.group = group
        self.client = client
        self.decoder = decoder
    }

    /// Connects to the configured streams as long as `body` runs.
    /// - Throws: what `body` throws.
    package static func run<Value: Sendable, Failure>(
        _ configuration: BridgeConfiguration,
        logger: Logger,
        body: ([GroupInspector]) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let decoder = EntryDecoder(contactKeyRule: ContactKeyRule(paths: configuration.contactPaths))
        let views = configuration.streams.map { stream in
            GroupInspector(
                keys: configuration.keys(of: stream),
                group: configuration.group,
                client: RedisClient(configuration: configuration.redis(for: stream.name), logger: logger),
                decoder: decoder
            )
        }
        let outcome = await withTaskGroup(of: Void.self) { tasks -> Result<Value, Failure> in
            for view in views { tasks.addTask { await view.client.run() } }
            defer { tasks.cancelAll() }
            do throws(Failure) {
                return .success(try await body(views))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The group as Redis knows it; nil when there is no stream or no such group.
    func groupInfo() async throws -> GroupInfo? {
        do {
            return try await client.groupInfos(keys.stream).first { $0.name == group }
        } catch {
            if error.isNoSuchKey { return nil }
            throw error
        }
    }

    /// nil when there is no such stream.
    func streamInfo() async throws -> StreamInfo? {
        do {
            return try await client.streamInfo(keys.stream)
        } catch {
            if error.isNoSuchKey { return nil }
            throw error
        }
    }

    /// Which entries are copies that a replay made, and of which entries.
    func replayed() async throws -> [StreamID: StreamID] {
        var copies: [StreamID: StreamID] = [:]
        for (copy, original) in try await hash(keys.replayed) {
            if let copy = StreamID(copy), let original = StreamID(original) { copies[copy] = original }
        }
        return copies
    }

    /// Members of the group and their beats.
    func members() async throws -> [String: String] {
        try await hash(keys.members).filter { $0.key != GroupKeys.marker }
    }

    func hash(_ key: String) async throws -> [String: String] {
        let answer = try await client.send(RedisCommand("HGETALL", [.string(key)]))
        return answer.pairs?.compactMapValues(\.text) ?? [:]
    }

    /// Some entries by their IDs, in one go; those that are gone from the stream are left out.
    func entries(_ ids: [StreamID]) async throws -> [StreamEntry] {
        let commands = ids.map {
            RedisCommand("XRANGE", [.string(keys.stream), .string($0.description), .string($0.description)])
        }
        return try await client.pipeline(commands).flatMap { try StreamEntry.list(from: $0.get(), of: "XRANGE") }
    }

    /// What an entry holds; nil when it is gone from the stream.
    package func fields(of id: StreamID) async throws -> [StreamField]? { try await entries([id]).first?.fields }

    /// Which of these entries are pending in the group.
    func pending(of ids: [StreamID]) async throws -> Set<StreamID> {
        var pending: Set<StreamID> = []
        for start in stride(from: 0, to: ids.count, by: 200) {
            let some = ids[start..<min(start + 200, ids.count)]
            let commands = some.map {
                RedisCommand(
                    "XPENDING",
                    [.string(keys.stream), .string(group), .string($0.description), .string($0.description), "1"]
                )
            }
            for (id, answer) in zip(some, try await client.pipeline(commands)) {
                if let items = try answer.get().array, !items.isEmpty { pending.insert(id) }
            }
        }
        return pending
    }
}

extension RedisError {
    /// `XINFO` of a key that is not there.
    fileprivate var isNoSuchKey: Bool {
        guard case .server(let fault) = reason else { return false }
        return fault.code == "ERR" && fault.message.contains("no such key")
    }
}

extension GroupInspector {
    /// Pauses the stream for all replicas, also while none runs; see ``Pause``.
    /// - Returns: the pause that holds: an earlier one stays as it is.
    package func pause(_ pause: Pause) async throws(RedisError) -> Pause { try await control.pause(pause) }

    /// - Returns: the pause that was ended; nil when there was none.
    package func resume() async throws(RedisError) -> Pause? { try await control.resume() }

    /// The pause that holds; nil when there is none.
    package func currentPause() async throws(RedisError) -> Pause? { try await control.current() }

    private var control: PauseSwitch { PauseSwitch(keys: keys, client: client) }
}

extension GroupInspector {
    /// The stream as Redis alone knows it: no bridge is asked, so whether one is at work is not known, and members may be gone since.
    /// - Throws: `RedisError`.
    package func status() async throws -> StreamStatus {
        let state = try await hash(keys.state)
        var status = StreamStatus(name: keys.stream, partitions: state["partitions"].flatMap { Int($0) } ?? 0)
        let survey = try await StreamSurvey.of(keys, client: client)
        status.take(survey, now: WallClock.secondsSince1970)
        if survey.pending == nil { status.fault = "there is no group \(group)" }
        let members = try await members().keys
        var owners: [Int: String] = [:]
        for (partition, lease) in try await hash(keys.leases) {
            if let partition = Int(partition), let owner = GroupView.Lease(text: lease).owner {
                owners[partition] = String(owner)
            }
        }
        status.replicas = ReplicaStatus.list(
            members: Array(members),
            owners: owners,
            addresses: try await hash(keys.addresses).compactMapValues { PublicAddress($0) },
            own: nil
        )
        status.members = members.count
        status.unassigned = max(0, status.partitions - owners.count)
        (status.pause, status.isPauseKnown) = (try await currentPause(), true)
        return status
    }
}
