/// Everything that decides how the simulator behaves. The default is the profile `documented`.
public struct SimulatorConfiguration: Sendable, Equatable {
    /// Port of the API on the loopback interface; 0 takes a free one.
    public var apiPort = 0
    /// Port of `/__sim/` on the loopback interface; 0 takes a free one.
    public var adminPort = 0
    /// Feeds every random decision: the same seed and the same requests give the same answers.
    public var randomSeed: UInt64 = 1
    /// Names of the property that identifies an event and of the number that rises within a contact.
    public var markerProperty = "marker"
    public var sequenceProperty = "seq"
    public var validation = ValidationConfiguration()
    public var idempotency = IdempotencyConfiguration()
    public var limiter = RateLimiterConfiguration()
    public var bounds = BoundsConfiguration()
    public var teams: [TeamSeed] = [TeamSeed()]
    /// Fault rules that are in force from the start.
    public var faults: [FaultRule] = []

    public init() {}
}
