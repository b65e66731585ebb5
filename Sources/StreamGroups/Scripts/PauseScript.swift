package import RedisStreams

/// Pauses a stream for all replicas, or resumes it.
package struct PauseScript: GroupScript {
    package static let source = ScriptSource(
        "pause",
        isForPeople: true,
        ["notify": PackageResources.notify_lua, "pause": PackageResources.pause_lua]
    )

    /// ``Pause/text``; empty to resume.
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package func keys(in keys: GroupKeys) -> [String] { [keys.state, keys.members] }
    package func arguments(in keys: GroupKeys) -> [RedisArgument] { [.string(text)] }

    /// - Returns: the pause that was there before; nil when there was none.
    package func decode(_ reply: RedisValue) throws(RedisError) -> Pause? {
        guard let text = reply.text else { throw Self.unexpectedReply() }
        return text.isEmpty ? nil : Pause(text)
    }
}

/// Pauses a stream and resumes it, in Redis. Replicas are woken and learn of it with their next heartbeat.
package struct PauseSwitch: Sendable {
    package let keys: GroupKeys
    package let client: RedisClient
    package var scripts = GroupScripts()

    package init(keys: GroupKeys, client: RedisClient, scripts: GroupScripts = GroupScripts()) {
        self.keys = keys
        self.client = client
        self.scripts = scripts
    }

    /// Pauses, unless it is paused already: then that pause stays as it is.
    /// - Returns: the pause that holds.
    package func pause(_ pause: Pause) async throws(RedisError) -> Pause { try await set(pause.text) ?? pause }

    /// - Returns: the pause that was ended; nil when there was none.
    package func resume() async throws(RedisError) -> Pause? { try await set("") }

    /// The pause that holds; nil when there is none.
    package func current() async throws(RedisError) -> Pause? {
        let answer = try await client.send(RedisCommand("HGET", [.string(keys.state), "paused"]))
        return answer.text.map { Pause($0) }
    }

    private func set(_ text: String) async throws(RedisError) -> Pause? {
        try await client.run(PauseScript(text: text), in: keys, scripts: scripts)
    }
}
