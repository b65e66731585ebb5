/// What all replicas of a torture have in common. Short leases, so that much happens in little time.
enum TortureTiming {
    static let lease = Duration.seconds(2)
    static let heartbeat = Duration.milliseconds(250)
    static let requestTimeout = Duration.seconds(1)
    /// Longer than any request takes at the simulator.
    static let lateEffect = Duration.seconds(2)
    static let partitions = 16
    static let group = "loops-bridge"
    static let streams = ["segment:events"]
}
