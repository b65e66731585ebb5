package import Logging
import NIOCore
import ServiceLifecycle

/// What a test does to the simulator in the same process, without HTTP.
extension LoopsSimulator {
    /// Works on what the API has stored.
    package func withState<Result: Sendable>(_ body: (inout SimulatorState) throws -> sending Result) rethrows -> Result
    {
        try shared.withLock { try body(&$0.state) }
    }

    /// Works on the whole simulation: faults, limiter, clock, statistics.
    package func withSimulation<Result: Sendable>(_ body: (inout Simulation) throws -> sending Result) rethrows
        -> Result
    {
        try shared.withLock { try body(&$0) }
    }

    /// The effects after a number, oldest first.
    package func effects(after number: Int64 = 0) -> [Effect] {
        shared.withLock { $0.state.effects.elements(after: number) }
    }

    /// The journal after a number, oldest first.
    package func requests(after number: Int64 = 0) -> [JournalEntry] {
        shared.withLock { $0.journal.elements(after: number) }
    }

    /// Everything a verdict needs, taken at one moment.
    package func evidence() -> EffectJudge {
        shared.withLock { EffectJudge($0) }
    }

    /// Adds a fault rule and gives its number.
    @discardableResult
    package func inject(_ rule: FaultRule) -> Int {
        shared.withLock { $0.faults.add(rule) }
    }

    package func clearFaults() {
        shared.withLock { $0.faults.removeAll() }
    }

    /// Forgets state, journal and counts; settings and the configured faults stay.
    package func reset() {
        shared.withLock { $0.reset(monotonic: MachineTime.monotonic) }
    }

    /// Cuts every connection and refuses new ones for a time. Waits until the API listens, if it does not yet.
    package func refuseConnections(milliseconds: Int64) async throws {
        try await apiServer.get().refuseConnections(for: .milliseconds(milliseconds))
    }

    /// Waits until there have been so many principal effects (one for each request that changed something).
    ///
    /// - Returns: false when the time was up first
    @discardableResult
    package func waitForEffects(count: Int, timeout: Duration? = nil) async -> Bool {
        await wait(timeout: timeout) { $0.state.effectCounts.values.reduce(0, +) >= Int64(count) }
    }

    /// Waits until so many requests have arrived and ended.
    @discardableResult
    package func waitForRequests(count: Int, timeout: Duration? = nil) async -> Bool {
        await wait(timeout: timeout) { $0.journal.appended - Int64($0.openRequests) >= Int64(count) }
    }

    /// Waits until a condition holds; it is looked at after every change, so it should be cheap.
    @discardableResult
    package func wait(timeout: Duration? = nil, until condition: @escaping @Sendable (Simulation) -> Bool) async -> Bool
    {
        await shared.wait(timeout: timeout, until: condition)
    }
}

extension LoopsSimulator {
    /// Runs a simulator for as long as the body runs, and ends it afterwards.
    package static func withRunning<Result: Sendable>(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        logger: Logger = Logger(label: "loops-simulator") { _ in SwiftLogNoOpLogHandler() },
        _ body: @Sendable (LoopsSimulator, Ports) async throws -> Result
    ) async throws -> Result {
        let simulator = LoopsSimulator(configuration: configuration, logger: logger)
        // A graceful end, not a cancellation: open connections are closed in order and nothing is logged as an error.
        let services = ServiceGroup(configuration: .init(services: [simulator], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            do {
                let result = try await body(simulator, simulator.ports)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                return result
            } catch {
                await services.triggerGracefulShutdown()
                try? await group.waitForAll()
                throw error
            }
        }
    }
}
