public import RedisStreams

/// Pauses a stream and resumes it, in Redis. Replicas are woken and learn of it with their next heartbeat.
struct PauseSwitch: Sendable {
    let keys: StreamKeys
    let client: RedisClient
    var script = StreamScripts().pause

    /// Pauses, unless it is paused already: then that pause stays as it is.
    /// - Returns: the pause that holds.
    func pause(_ pause: Pause) async throws(RedisError) -> Pause { try await set(pause.text) ?? pause }

    /// - Returns: the pause that was ended; nil when there was none.
    func resume() async throws(RedisError) -> Pause? { try await set("") }

    /// The pause that holds; nil when there is none.
    func current() async throws(RedisError) -> Pause? {
        let answer = try await client.send(RedisCommand("HGET", [.string(keys.state), "paused"]))
        return answer.text.map { Pause($0) }
    }

    private func set(_ text: String) async throws(RedisError) -> Pause? {
        let answer = try await client.run(script, keys: [keys.state, keys.members], arguments: [.string(text)])
        guard let text = answer.text else { throw .unexpectedReply(toScript: script.name) }
        return text.isEmpty ? nil : Pause(text)
    }
}

extension GroupInspector {
    /// Pauses the stream for all replicas, also while none runs; see ``Pause``.
    /// - Returns: the pause that holds: an earlier one stays as it is.
    public func pause(_ pause: Pause) async throws(RedisError) -> Pause { try await control.pause(pause) }

    /// - Returns: the pause that was ended; nil when there was none.
    public func resume() async throws(RedisError) -> Pause? { try await control.resume() }

    /// The pause that holds; nil when there is none.
    public func currentPause() async throws(RedisError) -> Pause? { try await control.current() }

    private var control: PauseSwitch { PauseSwitch(keys: keys, client: client) }
}
