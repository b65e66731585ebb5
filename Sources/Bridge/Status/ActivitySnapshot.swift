/// What this process has done lately, at one instant.
public struct ActivitySnapshot: Sendable, Equatable {
    /// Requests a second of this process; nil when it is too young to say.
    public var requestsPerSecond: Double?
    /// Ends a second of this process, confirmed by Redis; nil when it is too young to say.
    public var endsPerSecond: Double?
    /// The newest first.
    public var failures: [RecentFailure]
    /// Entries dead-lettered since the process began.
    public var deadLetters: [DeadLetterReason: Int]
    /// Entries that ended in the last five minutes, and those of them that were dead-lettered.
    public var recentEnds = 0
    public var recentDeadLetters = 0
}
