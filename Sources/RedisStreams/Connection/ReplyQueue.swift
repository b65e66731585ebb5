import DequeModule

/// The calls of one connection in the order in which they were written: a reply belongs to the first that still wants one.
///
/// An abandoned call (timed out, cancelled) keeps its place, so that its late reply is not taken for another's.
struct ReplyQueue {
    private var calls: Deque<PendingCall> = []

    var count: Int { calls.count }
    var isEmpty: Bool { calls.isEmpty }

    mutating func append(_ call: PendingCall) { calls.append(call) }

    /// Hands a reply to its call.
    /// - Returns: false when no call waits for one: the peer does not speak the protocol.
    mutating func take(_ reply: RedisValue) -> Bool {
        guard let first = calls.first else { return false }
        first.take(reply)
        if first.remaining == 0 { calls.removeFirst() }
        return true
    }

    func contains(_ call: PendingCall) -> Bool { calls.contains { $0 === call } }

    /// Fails all of them: their connection is gone.
    mutating func failAll(_ reason: RedisError.Reason) {
        let failed = calls
        calls = []
        for call in failed { call.fail(reason) }
    }
}
