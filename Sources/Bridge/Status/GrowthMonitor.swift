import StreamGroups

/// Notices a stream that only ever grows: nothing was ever removed from it, and it is long.
///
/// A value: looks at the stream go in, whether it is worth a warning comes out. That is so when it is met, also at a start, and each time it has doubled
/// after that.
struct GrowthMonitor: Sendable {
    /// A shorter one is a young one: whoever begins is not to be warned of what they have not come to yet.
    static let lengthMin = 100_000

    private var next = Self.lengthMin

    mutating func observe(_ survey: StreamSurvey) -> Bool {
        // Before Redis 7 it is not known how many were ever added.
        guard let added = survey.added, added <= survey.length, survey.length >= next else { return false }
        while next <= survey.length { next *= 2 }
        return true
    }
}
