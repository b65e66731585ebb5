import Synchronization

/// Counts the ends that Redis has confirmed, and lets others wait for a number of them.
public final class EndTally: Sendable {
    private struct State {
        var counts = EndCounts()
        var waiters: [(target: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())
    private let metrics: BridgeMetrics
    private let activity: Activity

    init(metrics: BridgeMetrics, activity: Activity) {
        self.metrics = metrics
        self.activity = activity
    }

    public var counts: EndCounts { state.withLock { $0.counts } }

    /// - Parameter now: seconds since 1970.
    func confirm(_ ends: [EntryEnd], now: Double) {
        let due = state.withLock { state in
            for end in ends { state.counts.count(end.kind) }
            let total = state.counts.total
            let due = state.waiters.filter { $0.target <= total }
            state.waiters.removeAll { $0.target <= total }
            return due
        }
        for end in ends { metrics.ended(end, now: now) }
        activity.ended(ends, at: now)
        for waiter in due { waiter.continuation.resume() }
    }

    /// Returns once this many entries have ended since the process began. Cannot be cancelled; bound it from outside by stopping the bridge.
    public func reached(_ target: Int) async {
        await withCheckedContinuation { continuation in
            let isDue = state.withLock { state in
                if state.counts.total >= target { return true }
                state.waiters.append((target, continuation))
                return false
            }
            if isDue { continuation.resume() }
        }
    }
}
