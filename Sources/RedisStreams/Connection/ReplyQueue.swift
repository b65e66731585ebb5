import DequeModule

/// The calls of one connection in the order in which they were written: a reply belongs to the first that still wants one.
///
/// An abandoned call (timed out, cancelled) keeps its place, so that its late reply is not taken for another's.
struct ReplyQueue {
    private var calls: Deque<PendingCall> = []
    private(set) var commandCount = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { calls.isEmpty }

    mutating func append(_ call: PendingCall) {
        calls.append(call)
        commandCount += call.commandCount
        byteCount += call.byteCount
    }

    /// Hands a reply to its call.
    /// - Returns: false when no call waits for one: the peer does not speak the protocol.
    mutating func take(_ reply: RedisValue) -> Bool {
        guard let first = calls.first else { return false }
        first.take(reply)
        if first.remaining == 0 {
            calls.removeFirst()
            commandCount -= first.commandCount
            byteCount -= first.byteCount
        }
        return true
    }

    /// Ends the first: what comes as its reply is not read to its end.
    mutating func endFirst(_ reason: RedisError.Reason) {
        guard let first = calls.popFirst() else { return }
        commandCount -= first.commandCount
        byteCount -= first.byteCount
        first.end(reason)
    }

    /// Whether the first call waits for more replies of its own.
    var isWithinCall: Bool { calls.first?.hasReplies ?? false }

    /// Ends all of them: their connection is gone.
    mutating func endAll(_ reason: RedisError.Reason) {
        let ended = calls
        self = ReplyQueue()
        for call in ended { call.end(reason) }
    }
}
