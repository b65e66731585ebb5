import RedisStreams

/// What a script's refusal means for the one who called it.
enum GroupFault: Error, Equatable, CustomStringConvertible {
    /// Another process has begun a newer epoch for this group: this one has to stop.
    case fenced(stream: String)
    /// The group or its state is gone or older than this process (flushed, deleted, an old replica was promoted): open it again.
    case groupLost(stream: String)
    /// The group was made with another number of partitions.
    case partitionsDiffer(stream: String, configured: Int, actual: Int)
    /// The stream's key holds something else.
    case notAStream(stream: String)

    /// - Parameter epoch: the epoch that the script was called with.
    init?(_ error: RedisError, stream: String, partitions: Int, epoch: Int64) {
        guard case .server(let fault) = error.reason else { return nil }
        let number = Int64(fault.message.filter(\.isNumber))
        switch fault.code {
        // An older epoch than ours is no rival but a Redis that went back in time.
        case "FENCED": self = (number ?? .max) > epoch ? .fenced(stream: stream) : .groupLost(stream: stream)
        case "NOGROUP", "UNOPENED": self = .groupLost(stream: stream)
        case "PARTITIONS":
            self = .partitionsDiffer(stream: stream, configured: partitions, actual: Int(number ?? 0))
        case "WRONGTYPE": self = .notAStream(stream: stream)
        default: return nil
        }
    }

    /// Whether opening the group again may help.
    var isRetriable: Bool {
        if case .groupLost = self { true } else { false }
    }

    var description: String {
        switch self {
        case .fenced(let stream):
            "another loops-bridge has taken over the group on \(stream); this one stops. Run one replica per group."
        case .groupLost(let stream):
            "the consumer group on \(stream) or its state is gone; it is made again"
        case .partitionsDiffer(let stream, let configured, let actual):
            """
            the group on \(stream) was made with \(actual) partitions and bridge.partitions is \(configured). Set bridge.partitions to \
            \(actual), or use another group.
            """
        case .notAStream(let stream):
            "the Redis key \(stream) does not hold a stream. Check bridge.streams."
        }
    }
}
