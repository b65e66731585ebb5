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
