import RedisStreams

/// Pauses a stream for all replicas, or resumes it.
struct PauseScript: GroupScript {
    static let source = ScriptSource(
        "pause",
        isForPeople: true,
        ["notify": PackageResources.notify_lua, "pause": PackageResources.pause_lua]
    )

    /// ``Pause/text``; empty to resume.
    let text: String

    func keys(in keys: StreamKeys) -> [String] { [keys.state, keys.members] }
    func arguments(in keys: StreamKeys) -> [RedisArgument] { [.string(text)] }

    /// - Returns: the pause that was there before; nil when there was none.
    func decode(_ reply: RedisValue) throws(RedisError) -> Pause? {
        guard let text = reply.text else { throw Self.unexpectedReply() }
        return text.isEmpty ? nil : Pause(text)
    }
}

/// Pauses a stream and resumes it, in Redis. Replicas are woken and learn of it with their next heartbeat.
struct PauseSwitch: Sendable {
    let keys: StreamKeys
    let client: RedisClient
    var scripts = GroupScripts()

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
        try await client.run(PauseScript(text: text), in: keys, scripts: scripts)
    }
}
