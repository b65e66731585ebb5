import NIOCore

extension RedisConnection {
    /// Sends commands and waits for their replies, outside of any client.
    ///
    /// - Throws: `RedisError` when the replies did not come in time.
    func exchange(_ commands: [RedisCommand], within time: Duration) async throws(RedisError) -> [RedisValue] {
        guard let bytes = try? CommandFormatter.format(commands) else {
            throw RedisError(.overloaded, command: commands[0].name, mayHaveBeenApplied: false)
        }
        let limit = TimeAmount.nanoseconds(time.nanoseconds)
        let handler = handler
        let outcome: PendingCall.Outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                handler.eventLoop.execute {
                    let call = PendingCall(name: commands[0].name, bytes: bytes, count: commands.count) {
                        continuation.resume(returning: $0)
                    }
                    call.deadline = handler.eventLoop.assumeIsolated().scheduleTask(in: limit) {
                        call.abandon(.timedOut)
                    }
                    handler.value.write(call)
                }
            }
        } onCancel: {
            handler.eventLoop.execute { handler.value.end(.cancelled) }
        }
        return try outcome.get()
    }

    /// Sends one command.
    /// - Throws: `RedisError`; an error reply too.
    func ask(_ command: RedisCommand, within time: Duration) async throws(RedisError) -> RedisValue {
        let reply = try await exchange([command], within: time)[0]
        if case .error(let error) = reply {
            throw RedisError(.server(error), command: command.name, mayHaveBeenApplied: false)
        }
        return reply
    }

    func close() {
        let handler = handler
        handler.eventLoop.execute { handler.value.end(.closed) }
    }
}
