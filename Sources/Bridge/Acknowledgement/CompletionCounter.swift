import Synchronization

/// Counts the ends that Redis has confirmed, and lets others wait for a number of them.
package final class CompletionCounter: Sendable {
    private struct State {
        var counts = CompletionCounts()
        var waiters: [Int: (target: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
        var lastWaiter = 0
    }
    private let state = Mutex(State())
    private let metrics: BridgeMetrics
    private let activity: Activity
    private let journal: EventJournal?

    /// - Parameter journal: nil for none.
    init(metrics: BridgeMetrics, activity: Activity, journal: EventJournal? = nil) {
        self.metrics = metrics
        self.activity = activity
        self.journal = journal
    }

    package var counts: CompletionCounts { state.withLock { $0.counts } }

    /// - Parameter now: seconds since 1970.
    func confirm(_ ends: [EntryCompletion], now: Double) {
        let due = state.withLock { state in
            for end in ends { state.counts.count(end.kind) }
            let total = state.counts.total
            let due = state.waiters.filter { $0.value.target <= total }
            for number in due.keys { state.waiters[number] = nil }
            return due
        }
        for end in ends { metrics.ended(end, now: now) }
        activity.ended(ends, at: now)
        journal?.completed(ends, at: now)
        for waiter in due.values { waiter.continuation.resume() }
    }

    /// Returns once this many entries have ended since the process began, or the task is cancelled.
    package func reached(_ target: Int) async {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    // A cancellation that came before has found no waiter.
                    if state.counts.total >= target || Task.isCancelled { return true }
                    state.waiters[number] = (target, continuation)
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }
}
