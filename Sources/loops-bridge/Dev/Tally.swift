import Synchronization

/// Counts what was published, until it is finished.
final class Tally: Sendable {
    private let state = Mutex((count: 0, isFinished: false))

    var count: Int { state.withLock { $0.count } }
    var isFinished: Bool { state.withLock { $0.isFinished } }

    func add(_ number: Int) { state.withLock { $0.count += number } }
    func finish() { state.withLock { $0.isFinished = true } }
}
