import Logging

/// What a person may tell a running bridge.
extension Bridge {
    /// The streams that are read, in order.
    public var streamNames: [String] { sessions.map(\.keys.stream) }

    /// Pauses streams for all replicas: nothing of them starts any more, what is under way ends.
    ///
    /// - Parameter streams: names of ``streamNames``; others are passed over.
    /// - Returns: the pause that holds for each: an earlier one stays as it is.
    /// - Throws: when Redis fails; the streams before that are paused.
    public func pause(_ streams: [String], _ pause: Pause) async throws -> [String: Pause] {
        var pauses: [String: Pause] = [:]
        for session in sessions where streams.contains(session.keys.stream) {
            pauses[session.keys.stream] = try await session.pauseSwitch.pause(pause)
            session.beatWanted.signal()
        }
        return pauses
    }

    /// Ends the pause of streams, for all replicas.
    ///
    /// - Returns: the pauses that were ended.
    /// - Throws: when Redis fails; the streams before that go on.
    public func resume(_ streams: [String]) async throws -> [String: Pause] {
        var pauses: [String: Pause] = [:]
        for session in sessions where streams.contains(session.keys.stream) {
            pauses[session.keys.stream] = try await session.pauseSwitch.resume()
            session.beatWanted.signal()
        }
        return pauses
    }

    /// The pauses that hold, as Redis has them.
    /// - Throws: when Redis fails.
    public func pauses(_ streams: [String]) async throws -> [String: Pause] {
        var pauses: [String: Pause] = [:]
        for session in sessions where streams.contains(session.keys.stream) {
            pauses[session.keys.stream] = try await session.pauseSwitch.current()
        }
        return pauses
    }

    /// Whether this replica was told to rest.
    public var isDrained: Bool { sessions.contains { $0.isDrained } }

    /// This replica stops reading, lets what is under way end, gives its partitions to others, and stays up idle. Not kept anywhere: a process
    /// that starts anew takes part again.
    public func rest() { rest(true) }

    /// Rejoined the group.
    public func takePart() { rest(false) }

    private func rest(_ isDrained: Bool) {
        var hasChanged = false
        for session in sessions where session.rest(isDrained) { hasChanged = true }
        guard hasChanged else { return }
        logger.notice(
            isDrained
                ? "Draining: handing partitions over; the process stays up"
                : "Rejoined the group"
        )
    }
}

extension StreamState {
    var pauseSwitch: PauseSwitch { PauseSwitch(keys: keys, client: client, script: scripts.pause) }
}
