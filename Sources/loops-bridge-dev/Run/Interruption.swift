import DevKit
import Synchronization

/// A Ctrl-C, as `dev` takes it: while its parts start it cancels them, while it carries it ends the flow in order, and the summary it leaves
/// alone.
final class Interruption: Sendable {
    private struct State {
        var hasCome = false
        /// What a Ctrl-C does at this moment.
        var action: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    var hasCome: Bool { state.withLock { $0.hasCome } }

    /// To be called at each signal. The first one counts.
    func come() {
        let action = state.withLock { state in
            defer { state = State(hasCome: true) }
            return state.action
        }
        action?()
    }

    /// Sets what a Ctrl-C does from now on; does it at once when it has come.
    func meanwhile(_ action: @Sendable @escaping () -> Void) {
        let isLate = state.withLock { state in
            if !state.hasCome { state.action = action }
            return state.hasCome
        }
        if isLate { action() }
    }

    /// From now on a Ctrl-C is only remembered.
    /// - Returns: whether it has come already.
    @discardableResult
    func settle() -> Bool {
        state.withLock { state in
            state.action = nil
            return state.hasCome
        }
    }

    /// Runs what a Ctrl-C cancels, unless ``meanwhile(_:)`` says something else in the middle of it.
    func cancelling<Result: Sendable>(_ body: @Sendable @escaping () async throws -> Result) async throws -> Result {
        let task = Task { try await body() }
        meanwhile { task.cancel() }
        defer { settle() }
        return try await task.value
    }
}
