import StreamGroups

/// Foresees when a producer's trimming (`XADD … MAXLEN`) reaches entries that are not delivered yet.
///
/// A value: looks at the stream and instants go in, the time to the first loss comes out.
struct RetentionMonitor: Sendable {
    /// The weight of a new look against all earlier ones.
    private static let weight = 0.2
    /// A loss that is nearer than this is worth a warning.
    static let warning = Duration.seconds(3600)

    private struct Look: Sendable {
        var removed: Int
        var headroom: Int
        var at: ContinuousClock.Instant
    }
    private var last: Look?
    /// Entries a second that others remove, and by which the headroom shrinks; smoothed.
    private var removal = 0.0
    private var shrinkage = 0.0
    private var looks = 0

    /// - Parameter ownTrims: entries that this bridge has trimmed itself, in all.
    /// - Returns: the time until entries are lost if all goes on like this; nil when nothing points that way, or it is unknown.
    mutating func observe(_ survey: StreamSurvey, ownTrims: Int, now: ContinuousClock.Instant) -> Duration? {
        guard let added = survey.added, let headroom = survey.headroom else {
            last = nil
            return nil
        }
        let look = Look(removed: added - survey.length - ownTrims, headroom: headroom, at: now)
        defer { last = look }
        guard let last, now > last.at else { return nil }
        let seconds = (now - last.at) / .seconds(1)
        let weight = looks == 0 ? 1 : Self.weight
        looks += 1
        removal += weight * (Double(look.removed - last.removed) / seconds - removal)
        shrinkage += weight * (Double(last.headroom - look.headroom) / seconds - shrinkage)
        // Without anything that waits, there is nothing to lose.
        guard removal > 0.001, shrinkage > 0.001, (survey.lag ?? 0) + (survey.pending ?? 0) > 0 else { return nil }
        return .seconds(Double(headroom) / shrinkage)
    }
}
