import NIOCore
import Synchronization

/// Lets a cancellation find its call, whichever of the two comes first.
final class CallTicket: Sendable {
    private enum State {
        case empty
        case placed(NIOLoopBound<PendingCall>)
        case cancelled
    }
    private let state = Mutex(State.empty)

    /// - Returns: false when the cancellation came first.
    func place(_ call: NIOLoopBound<PendingCall>) -> Bool {
        state.withLock { state in
            if case .cancelled = state { return false }
            state = .placed(call)
            return true
        }
    }

    /// - Returns: the call, if it was placed.
    func cancel() -> NIOLoopBound<PendingCall>? {
        state.withLock { state in
            defer { state = .cancelled }
            if case .placed(let call) = state { return call }
            return nil
        }
    }
}
