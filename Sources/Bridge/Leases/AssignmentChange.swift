import StreamGroups

/// What a heartbeat changed for this replica; applied in order.
enum AssignmentChange: Sendable, Equatable {
    /// `after`: how long nobody had it, as far as this replica saw; nil when it was new or that is unknown.
    case gained(partition: Int, tenure: Int, cause: TakeoverCause, after: Duration?)
    /// Another replica may own it: what waits here is given up.
    case lost(partition: Int)
    /// Somebody else shall have it: nothing is started any more, and it is released when nothing is left.
    case draining(partition: Int)
    /// It was given back as intended.
    case released(partition: Int)
    /// It is still owned, in a new tenure: everything of the earlier one is given up, and it is read from its beginning.
    case reread(partition: Int, tenure: Int)
    /// Redis is another server, was started anew, or its state is of another history. What is still owned is read again, see ``reread``.
    case incarnationChanged
    /// Nothing of the stream starts any more, on any replica; what waits here is given up and stays pending.
    case paused(Pause)
    /// What is owned is read again, from its beginning, in a new tenure.
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
