import NIOCore
import Synchronization

/// One or more commands that were sent together and wait for their replies. Lives on its connection's event loop.
final class PendingCall {
    /// What the waiting task gets.
    typealias Outcome = Result<[RedisValue], RedisError>

    /// The name of the first command, for errors.
    let name: String
    let commandCount: Int
    let byteCount: Int
    /// Replies that are still to come; none once its connection is gone.
    private(set) var remaining: Int
    /// Whether bytes of it were handed to a connection.
    private(set) var isWritten = false
    var deadline: Scheduled<Void>?
    private var bytes: ByteBuffer
    private var replies: [RedisValue] = []
    private var complete: ((Outcome) -> Void)?

    init(name: String, bytes: ByteBuffer, count: Int, complete: @escaping (Outcome) -> Void) {
        self.name = name
        self.bytes = bytes
        self.byteCount = bytes.readableBytes
        self.remaining = count
        self.commandCount = count
        self.complete = complete
    }

    /// Whether some of its replies have come, and not all.
    var hasReplies: Bool { remaining > 0 && remaining < commandCount }

    /// Whether nobody waits for it any more. If it was written, its replies still have to be counted off.
    var isAbandoned: Bool { complete == nil }

    /// Its bytes, for the connection that writes them now. They are kept no longer.
    func takeBytes() -> ByteBuffer {
        isWritten = true
        defer { bytes = ByteBuffer() }
        return bytes
    }

    /// Takes the next reply.
    func take(_ reply: RedisValue) {
        remaining -= 1
        if complete != nil { replies.append(reply) }
        if remaining == 0 { settle(.success(replies)) }
    }

    /// Its connection is gone, or it will never be written: no reply comes any more.
    func end(_ reason: RedisError.Reason) {
        remaining = 0
        settle(.failure(error(reason)))
    }

    /// Nobody waits any more, but replies may come. The deadline stays: it tells a late reply from a dead peer.
    func abandon(_ reason: RedisError.Reason) {
        finish(.failure(error(reason)))
    }

    private func error(_ reason: RedisError.Reason) -> RedisError {
        RedisError(reason, command: name, mayHaveBeenApplied: isWritten)
    }

    private func settle(_ outcome: Outcome) {
        deadline?.cancel()
        deadline = nil
        finish(outcome)
    }

    private func finish(_ outcome: Outcome) {
        let complete = complete
        self.complete = nil
        replies = []
        complete?(outcome)
    }
}

/// Lets a cancellation find its call, whichever of the two comes first.
final class CallTicket: Sendable {
    private enum State {
        case empty
        case placed(NIOLoopBound<PendingCall>)
        case cancelled
    }
    private let state = Mutex(State.empty)

    /// - Returns: false when the cancellation came first.
    func place(_ call: NIOLoopBound<PendingCall>) -> Bool {
        state.withLock { state in
            if case .cancelled = state { return false }
            state = .placed(call)
            return true
        }
    }

    /// - Returns: the call, if it was placed.
    func cancel() -> NIOLoopBound<PendingCall>? {
        state.withLock { state in
            defer { state = .cancelled }
            if case .placed(let call) = state { return call }
            return nil
        }
    }
}
