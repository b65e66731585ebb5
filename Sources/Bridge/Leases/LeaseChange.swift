/// What a heartbeat changed for this replica; applied in order.
enum LeaseChange: Sendable, Equatable {
    /// `after`: how long nobody had it, as far as this replica saw; nil when it was new or that is unknown.
    case gained(partition: Int, tenure: Int, cause: TakeoverCause, after: Duration?)
    /// Another replica may own it: what waits here is given up.
    case lost(partition: Int)
    /// Somebody else shall have it: nothing is started any more, and it is released when nothing is left.
    case draining(partition: Int)
    /// It was given back as intended.
    case released(partition: Int)
    /// Redis may have gone back in time: read again from the beginning.
    case rewind
    /// Nothing of the stream starts any more, on any replica; what waits here is given up and stays pending.
    case paused(Pause)
    /// What is owned is read again, from its beginning.
    case resumed(Pause)
}

/// Where a partition came from. A closed set: it is a metric label.
enum TakeoverCause: String, Sendable, CaseIterable {
    /// Nobody had it before.
    case first
    /// It was given back.
    case release
    /// Its owner was silent for a whole lease time.
    case crash
}
