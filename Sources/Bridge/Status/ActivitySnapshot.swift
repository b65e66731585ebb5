package import StreamGroups

/// What this process has done lately, at one instant.
package struct ActivitySnapshot: Sendable, Equatable {
    /// Requests a second of this process; nil when it is too young to say.
    package var requestsPerSecond: Double?
    /// Ends a second of this process, confirmed by Redis; nil when it is too young to say.
    package var endsPerSecond: Double?
    /// The newest first.
    package var failures: [RecentFailure]
    /// Entries dead-lettered since the process began.
    package var deadLetters: [DeadLetterReason: Int]
    /// Entries that ended in the last five minutes, and those of them that were dead-lettered.
    package var recentEnds = 0
    package var recentDeadLetters = 0
}
