import RedisStreams
import Synchronization

/// One stream with its group, as this process holds it: the epoch, what is in hand, and what waits for its acknowledgement.
///
/// Reader, deliverer and acknowledger meet here and nowhere else.
final class StreamSession: Sendable {
    let index: Int
    let keys: StreamKeys
    let group: String
    let partitions: Int
    let client: RedisClient

    /// Signalled when there may be something to read, or room for it.
    let readable = Wakeup()
    /// Signalled when an end waits for its acknowledgement.
    let endsWaiting = Wakeup()

    private struct State {
        var intake: Intake
        var acks = AckQueue()
        var epoch: Int64 = 0
        var isOpen = false
        var lastFault: String?
    }
    private let state: Mutex<State>

    init(index: Int, keys: StreamKeys, group: String, partitions: Int, client: RedisClient, limits: IntakeLimits) {
        self.index = index
        self.keys = keys
        self.group = group
        self.partitions = partitions
        self.client = client
        self.state = Mutex(State(intake: Intake(partitions: partitions, limits: limits)))
    }

    /// Takes ends in the order in which they happened.
    func ended(_ ends: [EntryEnd]) {
        state.withLock { state in
            for end in ends {
                state.intake.ended(end.id, partition: end.partition, bytes: end.size)
                state.acks.append(end)
            }
        }
        endsWaiting.signal()
        readable.signal()
    }

    func withIntake<Result>(_ body: (inout Intake) -> Result) -> Result { state.withLock { body(&$0.intake) } }
    func withAcks<Result>(_ body: (inout AckQueue) -> Result) -> Result { state.withLock { body(&$0.acks) } }

    var isOpen: Bool { state.withLock { $0.isOpen } }
    var fault: String? { state.withLock { $0.lastFault } }

    func opened(epoch: Int64) {
        state.withLock { state in
            state.epoch = epoch
            state.isOpen = true
            state.lastFault = nil
            state.intake.rewind()
        }
        endsWaiting.signal()
    }

    func closed(_ reason: String) {
        state.withLock { state in
            state.isOpen = false
            state.lastFault = reason
        }
    }

    /// Calls a script under this process's epoch.
    /// - Parameter arguments: what follows group and epoch.
    /// - Throws: ``GroupFault`` when the group's state stands against it, else `RedisError`.
    func call(_ script: RedisScript, extraKeys: [String] = [], _ arguments: [RedisArgument]) async throws -> RedisValue
    {
        let epoch = state.withLock { $0.epoch }
        return try await checked(epoch: epoch) {
            try await client.run(
                script,
                keys: [keys.stream, keys.state] + extraKeys,
                arguments: [.string(group), .string(String(epoch))] + arguments
            )
        }
    }

    /// Makes the group if need be and begins a new epoch.
    /// - Returns: whether the group was made, and the ID up to which entries have been routed.
    func open(start: String, instance: String) async throws -> (isNew: Bool, routed: StreamID) {
        let answer = try await checked(epoch: 0) {
            try await client.run(
                StreamScripts.open,
                keys: [keys.stream, keys.state],
                arguments: [.string(group), .string(start), .string(String(partitions)), .string(instance)]
            )
        }
        guard case .array(let parts) = answer, parts.count == 3, case .integer(let epoch) = parts[0],
            let routed = StreamID(parts[2])
        else { throw RedisError(.unexpectedReply("open"), command: "EVALSHA", mayHaveBeenApplied: true) }
        opened(epoch: epoch)
        return (parts[1] == .integer(1), routed)
    }

    private func checked(epoch: Int64, _ body: () async throws -> RedisValue) async throws -> RedisValue {
        do {
            return try await body()
        } catch let error as RedisError {
            throw GroupFault(error, stream: keys.stream, partitions: partitions, epoch: epoch) ?? error as any Error
        }
    }
}
