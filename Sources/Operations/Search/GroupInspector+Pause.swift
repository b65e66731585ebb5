package import RedisStreams
package import StreamGroups

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
