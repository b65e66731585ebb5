/// What waits in all streams together. What is unknown of one stream is unknown of all.
package struct Backlog: Sendable, Equatable {
    /// Entries that are not finished.
    package var waiting: Int?
    /// The age of the oldest of them in seconds; 0 when none waits.
    package var oldestSeconds: Double?
    /// Entries that all replicas together finish, a second.
    package var completionsPerSecond: Double?
    /// Seconds until nothing waits, if no more is added; nil also when nothing moves.
    package var drainSeconds: Double?

    init(_ streams: [StreamStatus]) {
        waiting = Self.all(streams.map(\.waiting))?.reduce(0, +)
        oldestSeconds = Self.all(streams.map(\.oldestWaitingSeconds))?.max()
        completionsPerSecond = Self.all(streams.map(\.completionsPerSecond))?.reduce(0, +)
        // Streams without a backlog drain nothing; one whose backlog stands still never ends.
        let full = streams.filter { $0.waiting != 0 }
        let pace = Self.all(full.map { $0.drainSeconds == nil ? nil : $0.drainPace })?.reduce(0, +)
        drainSeconds = CatchUpEstimate.seconds(backlog: waiting, pace: pace)
    }

    private static func all<Value>(_ values: [Value?]) -> [Value]? {
        values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }
}
