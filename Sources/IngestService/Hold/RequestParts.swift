import Synchronization

/// The parts of one request that are under way: when the last one has ended, the request is answered.
final class RequestParts: Sendable {
    private struct State {
        var left: Int
        var outcome = StreamIntake.Outcome.success(.init())
        var answer: CheckedContinuation<StreamIntake.Outcome, Never>?
    }

    private let state: Mutex<State>

    /// - Parameter answer: is resumed once each part has ended.
    init(count: Int, answer: CheckedContinuation<StreamIntake.Outcome, Never>) {
        state = Mutex(State(left: count, answer: answer))
    }

    /// One part has ended. One that was refused decides for all.
    func ended(_ outcome: StreamIntake.Outcome) {
        let (answer, result) = state.withLock { state in
            state.left -= 1
            switch (state.outcome, outcome) {
            case (.success(let sum), .success(let part)):
                let (added, duplicates) = (sum.added + part.added, sum.duplicates + part.duplicates)
                state.outcome = .success(.init(added: added, duplicates: duplicates))
            case (.success, .failure): state.outcome = outcome
            case (.failure, _): break
            }
            guard state.left == 0 else {
                return (nil as CheckedContinuation<StreamIntake.Outcome, Never>?, state.outcome)
            }
            defer { state.answer = nil }
            return (state.answer, state.outcome)
        }
        answer?.resume(returning: result)
    }
}
