import DevKit
import RedisStreams
import Synchronization

/// Every state that a client's connection went through, and a way to wait for one.
final class StateLog: Sendable {
    private struct Log {
        var states: [ConnectionState] = []
        var waiters: [(matches: @Sendable ([ConnectionState]) -> Bool, reached: OneTime<Void>)] = []
    }
    private let log = Mutex(Log())

    var states: [ConnectionState] { log.withLock { $0.states } }

    func add(_ state: ConnectionState) {
        log.withLock { log in
            log.states.append(state)
            let states = log.states
            log.waiters.removeAll { waiter in
                guard waiter.matches(states) else { return false }
                waiter.reached.set(())
                return true
            }
        }
    }

    /// Waits until the connection was made for the nth time.
    func connected(times: Int = 1) async {
        await reached { states in
            states.count { if case .connected = $0 { true } else { false } } >= times
        }
    }

    /// Waits until the connection was lost, or could not be made, for a reason that holds this text.
    func disconnected(_ text: String) async {
        await reached { states in
            states.contains { if case .disconnected(let reason) = $0 { reason.contains(text) } else { false } }
        }
    }

    private func reached(_ matches: @escaping @Sendable ([ConnectionState]) -> Bool) async {
        let reached = OneTime<Void>()
        log.withLock { log in
            if matches(log.states) { reached.set(()) } else { log.waiters.append((matches, reached)) }
        }
        await reached.value
    }
}
