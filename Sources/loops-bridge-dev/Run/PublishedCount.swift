import Synchronization

/// What was published.
final class PublishedCount: Sendable {
    private struct State {
        var events: [PublishedEvent] = []
        var count = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    /// Those of which it is asked in the end; none of a run without one.
    var events: [PublishedEvent] { state.withLock { $0.events } }

    /// - Parameter isJudged: whether the event is kept for the check at the end.
    func add(_ event: [UInt8], isJudged: Bool) {
        let kept = isJudged ? [PublishedEvent(event)] : []
        state.withLock { state in
            state.count += 1
            state.events += kept
        }
    }
}
