/// Counts that cost nothing to keep.
public struct SimulatorStatistics: Sendable, Equatable {
    /// Requests by decided status.
    public internal(set) var statuses: [Int: Int64] = [:]
    public internal(set) var endpoints: [Endpoint: Int64] = [:]
    /// Requests that were read while another one with the same userId (or email) was open. The judge's check also knows
    /// that a userId and an email may be one contact.
    public internal(set) var overlaps: Int64 = 0
    /// Most requests open at once.
    public internal(set) var mostOpen = 0
    public internal(set) var clientLeft: Int64 = 0
    public internal(set) var cut: Int64 = 0
    /// Requests that had an effect whose answer did not go out whole.
    public internal(set) var appliedUnanswered: Int64 = 0
    /// Keys used up without an effect.
    public internal(set) var burntKeys: Int64 = 0
    /// Used keys that were answered without a second effect.
    public internal(set) var replays: Int64 = 0

    public init() {}
}
