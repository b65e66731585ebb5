import DequeModule

/// Notices that other clients use the same API key: Loops' count of what is used grows faster than what all replicas were permitted.
///
/// A value. It never takes a bridge's own requests for another's: what was permitted is counted with all that could have arrived in the window
/// of the answer, so that others are rather seen too small than too large.
struct ForeignUse: Sendable {
    /// The window of Loops' limit.
    static let window = Duration.seconds(1)
    /// How long looks are kept: longer than the window and a request.
    private static let memory = Duration.seconds(15)

    private struct Look: Sendable {
        let at: ContinuousClock.Instant
        let given: Int64
    }
    private var looks: Deque<Look> = []

    /// - Parameter given: permits ever given to all replicas, as the limiter counts.
    mutating func observe(given: Int64, now: ContinuousClock.Instant) {
        // The limiter has forgotten, and counts anew.
        if let last = looks.last, given < last.given { looks = [] }
        looks.append(Look(at: now, given: given))
        while looks.count > 1, let first = looks.first, now - first.at > Self.memory { looks.removeFirst() }
    }

    /// - Parameters:
    ///   - used: requests of the current window that Loops counted when it answered.
    ///   - started: when the answered request was started.
    /// - Returns: what others used of it at least; nil when that is unknown.
    func others(used: Int, started: ContinuousClock.Instant) -> Double? {
        guard let last = looks.last, let before = looks.last(where: { $0.at <= started - Self.window }) else {
            return nil
        }
        return max(0, Double(used) - Double(last.given - before.given))
    }
}
