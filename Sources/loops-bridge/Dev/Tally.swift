import Synchronization

/// What was published, until it is finished.
final class Tally: Sendable {
    private struct State {
        var events: [PublishedEvent] = []
        var count = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    var isFinished: Bool { state.withLock { $0.isFinished } }
    /// Those of which it is asked in the end; none of a run without one.
    var events: [PublishedEvent] { state.withLock { $0.events } }

    /// - Parameter isJudged: whether the events are kept for the check at the end.
    func add(_ events: [[UInt8]], isJudged: Bool) {
        let kept = isJudged ? events.map { PublishedEvent($0) } : []
        state.withLock { state in
            state.count += events.count
            state.events += kept
        }
    }

    func finish() { state.withLock { $0.isFinished = true } }
}
