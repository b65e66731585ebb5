import DequeModule

/// How fast all replicas together finish a stream's entries, and how long the backlog lasts at that pace.
///
/// A value: looks at the stream go in. What is finished is what was added, less what waits: that counts the ends of every replica.
struct DrainEstimate: Sendable {
    /// How far a rate looks back.
    static let memory = Duration.seconds(60)
    /// The most looks that are kept.
    static let maxLooks = 64

    private struct Look: Sendable {
        var finished: Int
        var at: ContinuousClock.Instant
    }
    private var looks: Deque<Look> = []

    /// Entries that came to their end, a second; nil when it is unknown: Redis cannot count, or there was only one look.
    var endsPerSecond: Double? {
        guard let first = looks.first, let last = looks.last, last.at > first.at else { return nil }
        return Double(last.finished - first.finished) / ((last.at - first.at) / .seconds(1))
    }

    /// - Parameter survey: nil when the look failed.
    mutating func observe(_ survey: StreamSurvey?, now: ContinuousClock.Instant) {
        guard let survey, let added = survey.added, let lag = survey.lag, let pending = survey.pending else {
            looks = []
            return
        }
        let finished = added - lag - pending
        // The stream or the group is another one, or Redis went back in time: what was seen says nothing any more.
        if let last = looks.last, finished < last.finished { looks = [] }
        looks.append(Look(finished: finished, at: now))
        while looks.count > Self.maxLooks || (looks.count > 2 && looks[1].at <= now - Self.memory) {
            looks.removeFirst()
        }
    }

    /// Seconds until nothing waits, if no more is added; nil when that is unknown or nothing moves.
    static func seconds(backlog: Int?, endsPerSecond: Double?) -> Double? {
        guard let backlog else { return nil }
        if backlog == 0 { return 0 }
        guard let endsPerSecond, endsPerSecond > 0 else { return nil }
        return Double(backlog) / endsPerSecond
    }
}
