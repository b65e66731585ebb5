import Synchronization

/// Keeps the history of the status while the bridge runs, so that a page that is opened now shows the last minutes.
final class StatusRecorder: Sendable {
    private let state = Mutex(StatusHistory())

    var history: StatusHistory { state.withLock { $0 } }

    /// Samples until the task is cancelled.
    func run(_ sample: () -> StatusHistory.Sample) async {
        while !Task.isCancelled {
            state.withLock { $0.append(sample()) }
            try? await Task.sleep(for: StatusHistory.interval)
        }
    }
}
