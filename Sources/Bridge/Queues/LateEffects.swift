import DequeModule
import Loops

/// Requests that were given up without an answer and that Loops may still apply: at most one for each contact queue.
///
/// A value. Loops may apply such a request long after the client has left. Applied behind a newer one, it would set the contact back to old
/// values for good; so the contact queue's next request that says something else waits until this one cannot come any more. It outlives the contact queue's
/// entries: the request may have succeeded at its second attempt, and the first one is still on its way.
struct LateEffects: Sendable {
    /// Contact queues that are remembered at the most; the oldest go first.
    static let most = 10_000

    struct Open: Sendable {
        let call: EncodedRequest
        /// Over how many entries at the front of its contact queue it reached.
        let reach: Int
        var until: ContinuousClock.Instant
    }

    private var open: [OrderingKey: Open] = [:]
    /// In the order in which they were noted, each perhaps several times.
    private var order: Deque<(key: OrderingKey, until: ContinuousClock.Instant)> = []

    var count: Int { open.count }

    /// The request was given up, and Loops may apply it until this instant.
    /// - Parameter reach: over how many entries at the front of the contact queue it reached.
    mutating func note(_ key: OrderingKey, _ call: EncodedRequest, reach: Int, until: ContinuousClock.Instant) {
        let before = open[key]?.until ?? until
        open[key] = Open(call: call, reach: reach, until: max(before, until))
        order.append((key, max(before, until)))
        while open.count > Self.most || order.count > 4 * Self.most, let oldest = order.popFirst() { forget(oldest) }
    }

    /// Loops has taken the request under its key: no other attempt of it takes effect any more.
    mutating func settled(_ key: OrderingKey, _ call: EncodedRequest) {
        if open[key]?.call == call { open[key] = nil }
    }

    /// What of a contact queue Loops may still apply.
    mutating func of(_ key: OrderingKey, now: ContinuousClock.Instant) -> Open? {
        if order.isEmpty { return nil }
        while let oldest = order.first, oldest.until <= now {
            order.removeFirst()
            forget(oldest)
        }
        guard let open = open[key], open.until > now else { return nil }
        return open
    }

    private mutating func forget(_ oldest: (key: OrderingKey, until: ContinuousClock.Instant)) {
        if open[oldest.key]?.until == oldest.until { open[oldest.key] = nil }
    }
}
