import Logging
import RedisStreams
import StreamGroups

/// Tells Redis after heartbeats what keeps entries from being delivered. In a task of its own: what happens to it is no concern of the heartbeat.
struct DeliveryErrorReporter: Sendable {
    /// How long the hash outlives its last writer.
    static let expiry = Duration.seconds(60)
    /// Fields of the hash, those of replicas that are gone included. Beyond it all are dropped, and those who are there write theirs again.
    static let maxFields = 2000

    let state: StreamState
    let logThrottle: LogThrottle

    init(state: StreamState, logger: Logger) {
        self.state = state
        self.logThrottle = LogThrottle(logger: logger, interval: .seconds(600))
    }

    /// Writes after each heartbeat before which something has changed, until the task is cancelled.
    func run() async {
        while await state.errors.wait() {
            do { try await write() } catch {
                if Task.isCancelled { return }
                logThrottle.log(
                    .warning,
                    key: "write",
                    "Failed to record delivery errors; `loops-bridge why` lacks them",
                    metadata: ["stream": "\(state.keys.stream)", "error": "\(error)"]
                )
            }
        }
    }

    func write() async throws {
        guard let difference = state.takeDeliveryErrors() else { return }
        let key = RedisArgument.string(state.keys.troubles)
        var commands: [RedisCommand] = []
        if !difference.changed.isEmpty {
            let pairs = difference.changed.flatMap { [RedisArgument.string($0.description), .string($1.text)] }
            commands.append(RedisCommand("HSET", [key] + pairs))
        }
        if !difference.removed.isEmpty {
            commands.append(RedisCommand("HDEL", [key] + difference.removed.map { .string($0.description) }))
        }
        commands.append(RedisCommand("PEXPIRE", [key, .string(String(Self.expiry.components.seconds * 1000))]))
        // No HLEN: these are commands that the bridge has a right to anyway.
        if !difference.changed.isEmpty { commands.append(RedisCommand("HKEYS", [key])) }
        let answers = try await state.client.pipeline(commands)
        var isThere = true
        for (command, answer) in zip(commands, answers) {
            let answer = try answer.get()
            if command.name == "PEXPIRE" { isThere = answer == .integer(1) }
            if (answer.array?.count ?? 0) > Self.maxFields {
                _ = try await state.client.send(RedisCommand("DEL", [key]))
                isThere = false
            }
        }
        // Dropped above, expired, or deleted by others: after the next heartbeat all of it is written again.
        state.wroteDeliveryErrors(difference, isKept: isThere)
    }
}
