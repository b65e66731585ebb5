import NIOCore

/// A connection that was made and greeted.
struct RedisConnection: Sendable {
    let handler: NIOLoopBound<RedisChannelHandler>
    /// Why it is over, when it is.
    let ended: EventLoopFuture<RedisError.Reason>
    let identity: ServerIdentity
    /// Where it goes; nil for a socket file.
    let endpoint: RedisEndpoint?

    /// Sends one command.
    /// - Throws: `RedisError`; an error reply too.
    func ask(_ command: RedisCommand, within time: Duration) async throws(RedisError) -> RedisValue {
        let reply = try await handler.exchange([command], within: time)[0]
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
