import Logging
package import StreamGroups

/// What a person may tell a running bridge.
extension Bridge {
    /// The streams that are read, in order.
    package var streamNames: [String] { consumers.map(\.state.keys.stream) }

    /// Pauses streams for all replicas: nothing of them starts any more, what is under way ends.
    ///
    /// - Parameter streams: names of ``streamNames``; others are passed over.
    /// - Returns: the pause that holds for each: an earlier one stays as it is.
    /// - Throws: when Redis fails; the streams before that are paused.
    package func pause(_ streams: [String], _ pause: Pause) async throws -> [String: Pause] {
        var pauses: [String: Pause] = [:]
        for state in consumers.map(\.state) where streams.contains(state.keys.stream) {
            pauses[state.keys.stream] = try await state.pauseSwitch.pause(pause)
            state.heartbeat.signal()
        }
        return pauses
    }

    /// Ends the pause of streams, for all replicas.
    ///
    /// - Returns: the pauses that were ended.
    /// - Throws: when Redis fails; the streams before that go on.
    package func resume(_ streams: [String]) async throws -> [String: Pause] {
        var pauses: [String: Pause] = [:]
        for state in consumers.map(\.state) where streams.contains(state.keys.stream) {
            pauses[state.keys.stream] = try await state.pauseSwitch.resume()
            state.heartbeat.signal()
        }
        return pauses
    }

    /// The pauses that hold, as Redis has them.
    /// - Throws: when Redis fails.
    package func pauses(_ streams: [String]) async throws -> [String: Pause] {
        var pauses: [String: Pause] = [:]
        for state in consumers.map(\.state) where streams.contains(state.keys.stream) {
            pauses[state.keys.stream] = try await state.pauseSwitch.current()
        }
        return pauses
    }

    /// Whether this replica was told to rest.
    package var isDrained: Bool { consumers.contains { $0.state.isDrained } }

    /// This replica stops reading, lets what is under way end, gives its partitions to others, and stays up idle. Not kept anywhere: a process
    /// that starts anew takes part again.
    package func drain() { setDrained(true) }

    /// Rejoined the group.
    package func rejoin() { setDrained(false) }

    private func setDrained(_ isDrained: Bool) {
        var hasChanged = false
        for consumer in consumers where consumer.state.setDrained(isDrained) { hasChanged = true }
        guard hasChanged else { return }
        logger.notice(
            isDrained
                ? "Draining: handing partitions over; the process stays up"
                : "Rejoined the group"
        )
    }
}

extension StreamState {
    var pauseSwitch: PauseSwitch { PauseSwitch(keys: keys, client: client, scripts: group.scripts) }
}
