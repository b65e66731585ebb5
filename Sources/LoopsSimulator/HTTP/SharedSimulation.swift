import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The simulation behind its lock, with the tasks that wait for something to become true of it.
final class SharedSimulation: Sendable {
    typealias Condition = @Sendable (Simulation) -> Bool

    private struct Waiter {
        let condition: Condition
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Guarded {
        var simulation: Simulation
        var waiters: [Int: Waiter] = [:]
        var cancelled: Set<Int> = []
        var nextID = 0
    }

    private let guarded: Mutex<Guarded>

    init(_ simulation: Simulation) {
        guarded = Mutex(Guarded(simulation: simulation))
    }

    /// Works on the simulation; afterwards whoever waits for what is true now goes on.
    func withLock<Result: Sendable>(_ body: (inout Simulation) throws -> sending Result) rethrows -> Result {
        let (result, met) = try guarded.withLock { guarded in
            let result = try body(&guarded.simulation)
            guard !guarded.waiters.isEmpty else { return (result, [CheckedContinuation<Bool, Never>]()) }
            var met: [CheckedContinuation<Bool, Never>] = []
            for (id, waiter) in guarded.waiters where waiter.condition(guarded.simulation) {
                met.append(waiter.continuation)
                guarded.waiters[id] = nil
            }
            return (result, met)
        }
        for continuation in met { continuation.resume(returning: true) }
        return result
    }

    /// Waits until the condition holds.
    ///
    /// - Returns: false when the time was up first, or the task was cancelled
    func wait(timeout: Duration?, until condition: @escaping Condition) async -> Bool {
        guard let timeout else { return await met(condition) }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.met(condition) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }

    private func met(_ condition: @escaping Condition) async -> Bool {
        let id = guarded.withLock { guarded in
            guarded.nextID += 1
            return guarded.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = guarded.withLock { guarded -> Bool? in
                    if condition(guarded.simulation) { return true }
                    if guarded.cancelled.remove(id) != nil { return false }
                    guarded.waiters[id] = Waiter(condition: condition, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = guarded.withLock { guarded -> Waiter? in
                if let waiter = guarded.waiters.removeValue(forKey: id) { return waiter }
                guarded.cancelled.insert(id)
                return nil
            }
            waiter?.continuation.resume(returning: false)
        }
    }
}

/// The two clocks of the machine; only the shell reads them.
enum MachineTime {
    /// Nanoseconds of a clock that never goes back.
    static var monotonic: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    /// Nanoseconds since 1970.
    static var wall: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
