import Synchronization

/// A value that is set once and can be awaited before, by any number of tasks.
package final class OneTime<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [CheckedContinuation<Value, Never>] = []
    }
    private let state = Mutex(State())

    package init() {}

    /// The first value counts; later ones are dropped.
    package func set(_ value: Value) {
        let waiters = state.withLock { state in
            guard state.value == nil else { return [CheckedContinuation<Value, Never>]() }
            state.value = value
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    package var value: Value {
        get async {
            let value = await withCheckedContinuation { continuation in
                let value = state.withLock { state in
                    if state.value == nil { state.waiters.append(continuation) }
                    return state.value
                }
                if let value { continuation.resume(returning: value) }
            }
            // The thread sanitizer does not see the order that a continuation makes when it is resumed before its task has come to rest; that of
            // the lock it sees.
            return state.withLock { $0.value ?? value }
        }
    }
}
