/// The simulator's wall clock as a value: a shift of the monotonic clock that tests may move or stop.
package struct SimulatedClock: Sendable, Equatable {
    /// Simulated time minus monotonic time.
    private var shiftNanoseconds: Int64
    private var frozenAt: Int64?

    /// - Parameters:
    ///   - wall: nanoseconds since 1970 at the moment `monotonic`
    package init(wall: Int64, monotonic: Int64) {
        shiftNanoseconds = wall - monotonic
    }

    /// Nanoseconds since 1970 in simulated time.
    package func now(monotonic: Int64) -> Int64 {
        frozenAt ?? monotonic &+ shiftNanoseconds
    }

    /// Moves forward; a negative time changes nothing, and the year 2200 is the end of it, so that nothing overflows.
    package mutating func advance(nanoseconds: Int64) {
        let forward = max(0, nanoseconds)
        if let frozenAt {
            self.frozenAt = SimulatedClock.sum(frozenAt, forward)
        } else {
            shiftNanoseconds = SimulatedClock.sum(shiftNanoseconds, forward)
        }
    }

    private static let endNanoseconds: Int64 = 7_258_118_400_000_000_000

    private static func sum(_ time: Int64, _ forward: Int64) -> Int64 {
        let (sum, isOverflow) = time.addingReportingOverflow(forward)
        return isOverflow ? endNanoseconds : max(time, min(sum, endNanoseconds))
    }

    package mutating func freeze(monotonic: Int64) {
        frozenAt = now(monotonic: monotonic)
    }

    /// Goes on from the moment it was frozen at.
    package mutating func thaw(monotonic: Int64) {
        guard let frozenAt else { return }
        shiftNanoseconds = frozenAt &- monotonic
        self.frozenAt = nil
    }
}
