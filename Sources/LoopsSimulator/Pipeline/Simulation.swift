/// The simulator without its sockets: a value that takes requests and times and says what to do. No I/O, no clock.
///
/// Order of calls for a request: `arrive`, `receive`, then `proceed` after each delay, and `end` once the exchange is over.
/// All times are monotonic nanoseconds and never go back.
package struct Simulation: Sendable {
    package internal(set) var configuration: SimulatorConfiguration
    package var state: SimulatorState
    package var faults: FaultRules
    package internal(set) var journal: BoundedLog<JournalEntry>
    package internal(set) var limiters: [RateLimiterModel]
    /// What arrived, by team.
    package internal(set) var observers: [RequestRateObserver]
    /// What arrived without a valid key.
    package internal(set) var strangers = RequestRateObserver()
    package internal(set) var statistics = SimulatorStatistics()
    package var clock: SimulatedClock

    var active: [Int64: ActiveRequest] = [:]
    var parked: [IdempotencyStore.Key: [Int64]] = [:]
    /// Open requests by contact: how many, and the last one's number.
    var flights: [FlightKey: (count: Int, last: Int64)] = [:]
    /// The requests whose exchange is not over, with the contact that each is known to be about.
    var open: [Int64: FlightKey?] = [:]
    var startNanoseconds: Int64

    package init(configuration: SimulatorConfiguration, clock: SimulatedClock, monotonic: Int64) {
        precondition(!configuration.teams.isEmpty, "a simulation has at least one team")
        self.configuration = configuration
        self.clock = clock
        startNanoseconds = clock.now(monotonic: monotonic)
        state = SimulatorState(configuration: configuration)
        faults = FaultRules(configuration.faults, seed: configuration.randomSeed)
        journal = BoundedLog(capacity: configuration.bounds.journalEntriesMaximum)
        limiters = Simulation.limiters(configuration)
        observers = configuration.teams.map { _ in RequestRateObserver() }
    }

    private static func limiters(_ configuration: SimulatorConfiguration) -> [RateLimiterModel] {
        configuration.teams.indices.map { index in
            RateLimiterModel(configuration: configuration.limiter, seed: configuration.randomSeed &+ UInt64(index) &+ 1)
        }
    }

    /// Changes settings while running. Teams, ports and bounds stay as they are; a changed limiter begins anew.
    package mutating func apply(_ new: SimulatorConfiguration) {
        let old = configuration
        configuration = new
        configuration.teams = old.teams
        configuration.bounds = old.bounds
        configuration.apiPort = old.apiPort
        configuration.adminPort = old.adminPort
        if new.limiter != old.limiter { limiters = Simulation.limiters(configuration) }
        if new.faults != old.faults {
            faults.removeAll()
            for rule in new.faults { faults.add(rule) }
        }
    }

    /// Forgets everything but the settings and the requests that are open; numbering of requests goes on.
    package mutating func reset(monotonic: Int64) {
        state = SimulatorState(configuration: configuration)
        faults = FaultRules(configuration.faults, seed: configuration.randomSeed)
        limiters = Simulation.limiters(configuration)
        observers = configuration.teams.map { _ in RequestRateObserver() }
        strangers = RequestRateObserver()
        statistics = SimulatorStatistics()
        startNanoseconds = clock.now(monotonic: monotonic)
        journal.forgetAll()
    }

    /// Milliseconds of simulated time since the start or the last reset.
    package func elapsedMilliseconds(monotonic: Int64) -> Int64 {
        (clock.now(monotonic: monotonic) - startNanoseconds) / 1_000_000
    }

    /// Requests that have arrived and not ended.
    package var openRequests: Int { open.count }
}

/// Counts that cost nothing to keep.
package struct SimulatorStatistics: Sendable, Equatable {
    /// Requests by decided status.
    package internal(set) var statuses: [Int: Int64] = [:]
    package internal(set) var endpoints: [Endpoint: Int64] = [:]
    /// Requests that were read while another one with the same userId (or email) was open. The judge's check also knows
    /// that a userId and an email may be one contact.
    package internal(set) var overlaps: Int64 = 0
    /// Most requests open at once.
    package internal(set) var mostOpen = 0
    package internal(set) var clientLeft: Int64 = 0
    package internal(set) var cut: Int64 = 0
    /// Requests that had an effect whose answer did not go out whole.
    package internal(set) var appliedUnanswered: Int64 = 0
    /// Keys used up without an effect.
    package internal(set) var burntKeys: Int64 = 0
    /// Used keys that were answered without a second effect.
    package internal(set) var replays: Int64 = 0

    package init() {}
}
