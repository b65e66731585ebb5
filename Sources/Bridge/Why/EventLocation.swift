public import RedisStreams

/// Where one entry is, as `why` tells it.
public struct EventLocation: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        /// The group has not read it yet. `before`: entries that come before it, those in hand included; nil when Redis does not know.
        case waiting(before: Int?)
        /// The group has read it and not finished it.
        case pending(PendingPosition)
        case deadLettered(Letter)
        /// A replay put a copy of it at the end of the stream, under this ID.
        case replayed(as: StreamID)
        /// The group has read it, and it is not pending: it was delivered, or no mapping takes it.
        case finished
        /// There is no such group on the stream.
        case noGroup
    }

    public let stream: String
    public let id: StreamID
    /// The `messageId`s of its first few events.
    public let messageIDs: [String]
    public let contact: String?
    public internal(set) var state: State
}

/// Where a pending entry is.
public struct PendingPosition: Sendable, Equatable {
    /// The consumer that it is pending for: a partition, unless another program read it.
    public let consumer: String
    public let partition: Int?
    /// The replica that owns the partition; nil when none does.
    public internal(set) var owner: String?
    /// Pending entries of all contacts that are older; nil when there were too many to look at.
    public let before: Int?
    public internal(set) var behind = Behind()
    /// What kept it from being delivered; nil when nothing has failed, or nobody has told of it yet.
    public internal(set) var trouble: DeliveryError?

    /// The earlier pending entries of the same contact: it waits for their ends.
    public struct Behind: Sendable, Equatable {
        public struct Entry: Sendable, Equatable {
            public let id: StreamID
            public let messageID: String?
            public internal(set) var trouble: DeliveryError?
        }
        public internal(set) var count = 0
        /// The oldest few.
        public internal(set) var first: [Entry] = []
        /// Whether all that could be before it were looked at.
        public internal(set) var isComplete = true
    }
}

/// What `why` found in one stream.
public struct EventSearchResult: Sendable, Equatable {
    public let stream: String
    /// Oldest first.
    public internal(set) var hits: [EventLocation] = []
    /// Further hits that are not listed.
    public internal(set) var more = 0
    /// Entries that were looked at, and dead letters.
    public internal(set) var looked = 0
    public internal(set) var letters = 0
    /// Whether there was more to look at than was allowed.
    public internal(set) var isLimited = false
    /// The oldest entry of the stream; nil when it is empty or not there.
    public internal(set) var oldest: StreamID?
    public internal(set) var hasGroup = false
    /// The pause that holds for the stream.
    public internal(set) var pause: Pause?
    /// Replicas that take part in the group.
    public internal(set) var members = 0
}
