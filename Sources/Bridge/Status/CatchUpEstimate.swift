import DequeModule
import StreamGroups

/// How fast all replicas together finish a stream's entries, and how long the backlog lasts at that pace.
///
/// A value: looks at the stream go in. What is finished is what was added, less what waits: that counts the ends of every replica.
struct CatchUpEstimate: Sendable {
    /// How far a rate looks back.
    static let memory = Duration.seconds(60)
    /// The most looks that are kept.
    static let maxLooks = 64
    /// How far the pace of a time to drain looks back, and how long something must have moved before there is one.
    static let (paceMemory, paceAge) = (Duration.seconds(30), Duration.seconds(4))
    /// The most that the pace changes from one second to the next, as a factor: a time to drain must not jump by half within seconds.
    static let maxChange = 1.07
    /// So long nothing may move before it stands still: ends of a slow flow come in twos and threes.
    static let patience = Duration.seconds(10)

    private struct Look: Sendable {
        var finished: Int
        var at: ContinuousClock.Instant
    }
    private var looks: Deque<Look> = []
    /// Since when it moves, as the look before the first end; nil while it stands still.
    private var movement: Look?
    /// The look that saw the last end.
    private var lastEnd: ContinuousClock.Instant?
    /// Since when something waits and nothing ends.
    private var stillSince: ContinuousClock.Instant?
    /// Entries a second by which the time to drain is told; nil while nothing moves, or it is too early to say.
    private(set) var pace: Double?

    /// Entries that came to their end, a second; nil when it is unknown: Redis cannot count, or there was only one look.
    var completionsPerSecond: Double? {
        guard let first = looks.first, let last = looks.last, last.at > first.at else { return nil }
        return Double(last.finished - first.finished) / ((last.at - first.at) / .seconds(1))
    }

    /// How long something has waited while nothing ended; nil when nothing waits, or it is unknown.
    func still(now: ContinuousClock.Instant) -> Duration? { stillSince.map { now - $0 } }

    /// - Parameter survey: nil when the look failed.
    mutating func observe(_ survey: StreamSurvey?, now: ContinuousClock.Instant) {
        guard let survey, let added = survey.added, let lag = survey.lag, let pending = survey.pending else {
            self = CatchUpEstimate()
            return
        }
        let look = Look(finished: added - lag - pending, at: now)
        // The stream or the group is another one, or Redis went back in time: what was seen says nothing any more.
        if let last = looks.last, look.finished < last.finished { self = CatchUpEstimate() }
        let last = looks.last
        looks.append(look)
        while looks.count > Self.maxLooks || (looks.count > 2 && looks[1].at <= now - Self.memory) {
            looks.removeFirst()
        }
        watch(look, after: last, waits: lag + pending > 0)
        follow(look, after: last)
    }

    private mutating func watch(_ look: Look, after last: Look?, waits: Bool) {
        guard let last else {
            stillSince = waits ? look.at : nil
            return
        }
        if look.finished > last.finished {
            lastEnd = look.at
            movement = movement ?? last
            stillSince = waits ? look.at : nil
        } else {
            stillSince = waits ? stillSince ?? look.at : nil
            // A slow flow has gaps of its own.
            let patience = max(Self.patience, pace.map { .seconds(3 / max($0, 0.05)) } ?? .zero)
            if let lastEnd, look.at - lastEnd >= patience { (movement, pace) = (nil, nil) }
        }
    }

    private mutating func follow(_ look: Look, after last: Look?) {
        guard let movement, let last, look.at - movement.at >= Self.paceAge else {
            pace = nil
            return
        }
        let from = looks.first { $0.at >= max(movement.at, look.at - Self.paceMemory) } ?? movement
        guard look.at > from.at else { return }
        let measured = Double(look.finished - from.finished) / ((look.at - from.at) / .seconds(1))
        guard let before = pace else {
            pace = measured > 0 ? measured : nil
            return
        }
        var change = 1.0
        for _ in 0..<max(1, min(60, Int(((look.at - last.at) / .seconds(1)).rounded()))) { change *= Self.maxChange }
        pace = min(max(measured, before / change), before * change)
    }

    /// Seconds until nothing waits, if no more is added; nil when that is unknown or nothing moves.
    static func seconds(backlog: Int?, pace: Double?) -> Double? {
        guard let backlog else { return nil }
        if backlog == 0 { return 0 }
        guard let pace, pace > 0 else { return nil }
        return Double(backlog) / pace
    }
}
