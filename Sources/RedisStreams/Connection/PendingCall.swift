import NIOCore

/// One or more commands that were sent together and wait for their replies. Lives on its connection's event loop.
final class PendingCall {
    /// What the waiting task gets.
    typealias Outcome = Result<[RedisValue], RedisError>

    /// The name of the first command, for errors.
    let name: String
    let bytes: Bytes
    /// Replies that are still to come.
    private(set) var remaining: Int
    /// Whether bytes of it were handed to a connection.
    var isWritten = false
    var timeout: Scheduled<Void>?
    private let total: Int
    private var replies: [RedisValue] = []
    private var complete: ((Outcome) -> Void)?

    init(name: String, bytes: Bytes, count: Int, complete: @escaping (Outcome) -> Void) {
        self.name = name
        self.bytes = bytes
        self.remaining = count
        self.total = count
        self.complete = complete
    }

    /// Whether nobody waits for it any more. Its replies still have to be counted off.
    var isAbandoned: Bool { complete == nil }

    /// Takes the next reply.
    func take(_ reply: RedisValue) {
        remaining -= 1
        guard complete != nil else { return }
        replies.append(reply)
        if remaining == 0 { finish(.success(replies)) }
    }

    func fail(_ reason: RedisError.Reason) {
        finish(.failure(RedisError(reason, command: name, mayHaveBeenApplied: isWritten)))
    }

    private func finish(_ outcome: Outcome) {
        timeout?.cancel()
        timeout = nil
        let complete = complete
        self.complete = nil
        replies = []
        complete?(outcome)
    }
}
