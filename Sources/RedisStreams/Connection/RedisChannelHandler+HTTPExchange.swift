import NIOCore

extension NIOLoopBound<RedisChannelHandler> {
    /// Sends commands and waits for their replies, outside of any client.
    ///
    /// - Throws: `RedisError` when the replies did not come in time.
    func exchange(_ commands: [RedisCommand], within time: Duration) async throws(RedisError) -> [RedisValue] {
        guard let bytes = try? CommandFormatter.format(commands) else {
            throw RedisError(.unwritable, command: commands[0].name, mayHaveBeenApplied: false)
        }
        let limit = TimeAmount(time)
        let outcome: PendingCall.Outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                eventLoop.execute {
                    let call = PendingCall(name: commands[0].name, bytes: bytes, count: commands.count) {
                        continuation.resume(returning: $0)
                    }
                    call.deadline = eventLoop.assumeIsolated().scheduleTask(in: limit) {
                        call.abandon(.timedOut)
                    }
                    value.write(call)
                }
            }
        } onCancel: {
            eventLoop.execute { value.end(.cancelled) }
        }
        return try outcome.get()
    }
}
