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
    /// ``Pause/text`` of the pause that is ended; empty for any.
    package var ended = ""
    /// Whether what the ended pause was for is accepted by the one who ends it.
    package var isAccepted = false

    package init(text: String, ended: String = "", isAccepted: Bool = false) {
        self.text = text
        self.ended = ended
        self.isAccepted = isAccepted
    }

    package func keys(in keys: GroupKeys) -> [String] { [keys.state, keys.members] }
    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [.string(text), .string(ended), .string(isAccepted ? "1" : "")]
    }

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
    package func pause(_ pause: Pause) async throws(RedisError) -> Pause {
        try await client.run(PauseScript(text: pause.text), in: keys, scripts: scripts) ?? pause
    }

    /// Ends the pause, by a person's word: one of the brake's is not made again for the same mapping.
    /// - Returns: the pause that was ended; nil when there was none.
    package func resume() async throws(RedisError) -> Pause? {
        try await client.run(PauseScript(text: "", isAccepted: true), in: keys, scripts: scripts)
    }

    /// Ends the brake's own pause, if it still holds, since its cause is gone.
    /// - Returns: whether it held.
    package func release(_ pause: Pause) async throws(RedisError) -> Bool {
        try await client.run(PauseScript(text: "", ended: pause.text), in: keys, scripts: scripts) != nil
    }

    /// The last pause that a person ended; nil when nobody has.
    package func accepted() async throws(RedisError) -> Pause? {
        try await client.send(RedisCommand("HGET", [.string(keys.state), "accepted"])).text.map { Pause($0) }
    }

    /// The pause that holds; nil when there is none.
    package func current() async throws(RedisError) -> Pause? {
        let answer = try await client.send(RedisCommand("HGET", [.string(keys.state), "paused"]))
        return answer.text.map { Pause($0) }
    }
}
