import LoopsSimulator

/// What one torture is made of.
struct TortureSettings: Sendable {
    var seed: UInt64 = 1
    var profile = SimulatorProfile.documented
    var replicas = 3
    var contacts = 60
    /// Events that are published before each action.
    var burst = 150
    /// What the nemesis does; nil for everything once.
    var actions: Int?
    var redis = RedisKind.pair
    var plant = InjectedFault.none
    /// Whether identifies come in runs and are merged.
    var merges = false
    /// Instead of the seed's own course.
    var course: Schedule?
    /// After the last action: how long it may be quiet before what is left counts as lost.
    var patience = Duration.seconds(20)
    /// This program, for the replicas.
    var executable: String

    init(executable: String) { self.executable = executable }

    /// The simulator: with a high limit or none, so that much happens, and slow enough that something is always under way.
    var simulation: SimulatorConfiguration {
        var configuration = profile.configuration(seed: seed)
        configuration.limiter.limit = profile == .hostile ? 600 : 0
        configuration.limiter.foreignLoad = profile == .hostile ? 60 : 0
        configuration.bounds.journalEntriesMaximum = 1_000_000
        configuration.faults.append(FaultRule("latency", .delay(.even(milliseconds: 2...40), .before)))
        return configuration
    }
}
