import RedisStreams

/// A stream as its operators see it. What is unknown is nil and is never shown as 0.
public struct StreamStatus: Sendable, Equatable {
    public var name: String
    public var length: Int?
    /// Entries that have not been routed yet; nil when Redis cannot say.
    public var lag: Int?
    /// Entries routed and not acknowledged.
    public var pending: Int?
    /// The age of the oldest pending entry in seconds; 0 when none is pending, nil when unknown.
    public var oldestUnackedSeconds: Double?
    public var deadLetters: Int?
    /// Entries in this process's memory.
    public var buffered: Int
    /// Ends that Redis has not confirmed yet.
    public var unconfirmedAcks: Int
    /// Why the group is not open; nil when it is.
    public var fault: String?
}
