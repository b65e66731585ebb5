/// Everything that decides how the simulator behaves. The default is the profile `documented`.
package struct SimulatorConfiguration: Sendable, Equatable {
    /// Port of the API on the loopback interface; 0 takes a free one.
    package var apiPort = 0
    /// Port of `/__sim/` on the loopback interface; 0 takes a free one.
    package var adminPort = 0
    /// Feeds every random decision: the same seed and the same requests give the same answers.
    package var randomSeed: UInt64 = 1
    /// Names of the property that identifies an event and of the number that rises within a contact.
    package var markerProperty = "marker"
    package var sequenceProperty = "seq"
    package var validation = ValidationConfiguration()
    package var idempotency = IdempotencyConfiguration()
    package var limiter = RateLimiterConfiguration()
    package var bounds = BoundsConfiguration()
    package var teams: [TeamSeed] = [TeamSeed()]
    /// Fault rules that are in force from the start.
    package var faults: [FaultRule] = []

    package init() {}
}
