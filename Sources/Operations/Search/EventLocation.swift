package import RedisStreams
package import StreamGroups

/// Where one entry is, as `why` tells it.
package struct EventLocation: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        /// The group has not read it yet. `before`: entries that come before it, those in hand included; nil when Redis does not know.
        case waiting(before: Int?)
        /// The group has read it and not finished it.
        case pending(PendingPosition)
        case deadLettered(DeadLetter)
        /// A replay put a copy of it at the end of the stream, under this ID.
        case replayed(as: StreamID)
        /// The group has read it, and it is not pending: it was delivered, or no mapping takes it.
        case finished
        /// There is no such group on the stream.
        case noGroup
    }

    package let stream: String
    package let id: StreamID
    /// The `messageId`s of its first few events.
    package let messageIDs: [String]
    package let contact: String?
    package internal(set) var state: State
}

/// Where a pending entry is.
package struct PendingPosition: Sendable, Equatable {
    /// The consumer that it is pending for: a partition, unless another program read it.
    package let consumer: String
    package let partition: Int?
    /// The replica that owns the partition; nil when none does.
    package internal(set) var owner: String?
    /// Pending entries of all contacts that are older; nil when there were too many to look at.
    package let before: Int?
    package internal(set) var behind = Behind()
    /// What kept it from being delivered; nil when nothing has failed, or nobody has told of it yet.
    package internal(set) var trouble: DeliveryError?

    /// The earlier pending entries of the same contact: it waits for their ends.
    package struct Behind: Sendable, Equatable {
        package struct Entry: Sendable, Equatable {
            package let id: StreamID
            package let messageID: String?
            package internal(set) var trouble: DeliveryError?
        }
        package internal(set) var count = 0
        /// The oldest few.
        package internal(set) var first: [Entry] = []
        /// Whether all that could be before it were looked at.
        package internal(set) var isComplete = true
    }
}

/// What `why` found in one stream.
package struct EventSearchResult: Sendable, Equatable {
    package let stream: String
    /// Oldest first.
    package internal(set) var hits: [EventLocation] = []
    /// Further hits that are not listed.
    package internal(set) var more = 0
    /// Entries that were looked at, and dead letters.
    package internal(set) var looked = 0
    package internal(set) var letters = 0
    /// Whether there was more to look at than was allowed.
    package internal(set) var isLimited = false
    /// The oldest entry of the stream; nil when it is empty or not there.
    package internal(set) var oldest: StreamID?
    package internal(set) var hasGroup = false
    /// The pause that holds for the stream.
    package internal(set) var pause: Pause?
    /// Replicas that take part in the group.
    package internal(set) var members = 0
}
