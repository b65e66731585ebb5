import RedisStreams

/// What a script's refusal means for the one who called it.
enum GroupFault: Error, Equatable, CustomStringConvertible {
    /// Another replica owns the partition now: what this one has of it does not count any more.
    case fenced(stream: String)
    /// The group or its state is gone (flushed, deleted, an empty server took over): open it again.
    case groupLost(stream: String)
    /// Another program has pending entries in the group; they are handed to the partitions first.
    case adoptFirst(stream: String)
    /// The group was made with another number of partitions.
    case partitionsDiffer(stream: String, configured: Int, actual: Int)
    /// Entries are pending that were routed by another rule for the contact key.
    case keyRuleDiffers(stream: String, actual: String)
    /// The dead-letter stream takes no letter: another type of key, no right to write, no memory.
    case noLetters(stream: String, why: String)
    /// The stream's key holds something else.
    case notAStream(stream: String)

    init?(_ error: RedisError, stream: String, partitions: Int) {
        guard case .server(let fault) = error.reason else { return nil }
        switch Self.code(fault) {
        case "FENCED": self = .fenced(stream: stream)
        case "NOGROUP", "UNOPENED": self = .groupLost(stream: stream)
        case "ADOPT": self = .adoptFirst(stream: stream)
        case "PARTITIONS":
            let number = Int(fault.message.filter(\.isNumber))
            self = .partitionsDiffer(stream: stream, configured: partitions, actual: number ?? 0)
        case "KEYRULE": self = .keyRuleDiffers(stream: stream, actual: fault.message)
        case "DEADLETTERS": self = .noLetters(stream: stream, why: fault.message)
        case "WRONGTYPE": self = .notAStream(stream: stream)
        default: return nil
        }
    }

    /// Redis before 7.0 puts what a command inside a script answered behind text of its own.
    private static func code(_ fault: RedisServerError) -> String {
        guard fault.code == "ERR", fault.message.hasPrefix("Error running script") else { return fault.code }
        return ["DEADLETTERS", "NOGROUP", "WRONGTYPE"].first { fault.message.contains($0) } ?? fault.code
    }

    /// Whether opening the group again may help.
    var isRetriable: Bool {
        switch self {
        case .fenced, .groupLost, .adoptFirst, .noLetters: true
        case .partitionsDiffer, .keyRuleDiffers, .notAStream: false
        }
    }

    var description: String {
        switch self {
        case .fenced(let stream):
            "another replica owns this partition of \(stream) now"
        case .groupLost(let stream):
            "the consumer group on \(stream) or its state is gone; it is made again"
        case .adoptFirst(let stream):
            "another program left pending entries in the group on \(stream); they are handed to the partitions first"
        case .partitionsDiffer(let stream, let configured, let actual):
            """
            the group on \(stream) was made with \(actual) partitions and bridge.partitions is \(configured). Set bridge.partitions to \
            \(actual), or use another group.
            """
        case .keyRuleDiffers(let stream, let actual):
            """
            entries of \(stream) are pending that were routed by another bridge.contactKeys (\(actual)). Let the bridge finish them with \
            that setting first, stop all replicas, then change it.
            """
        case .noLetters(let stream, let why):
            "a dead letter of \(stream) cannot be written, and its entry stays pending: \(why)"
        case .notAStream(let stream):
            "the Redis key \(stream) does not hold a stream. Check bridge.streams."
        }
    }
}
