package import RedisStreams

/// What a script's refusal means for the one who called it.
package enum GroupError: Error, Equatable, CustomStringConvertible {
    /// Another replica owns the partition now: what this one has of it does not count any more.
    case fenced(stream: String)
    /// The group or its state is gone (flushed, deleted, an empty server took over): open it again.
    case groupLost(stream: String)
    /// The state is of another history than this replica knows: the next heartbeat tells it.
    case incarnationChanged(stream: String)
    /// A step of several was made; the same call makes the next one.
    case again(stream: String)
    /// The group's lease time leaves no room for requests and heartbeats of these settings.
    case leaseTooShort(stream: String, configured: LeaseTiming, group: Duration)
    /// Another program has pending entries in the group; they are handed to the partitions first.
    case adoptFirst(stream: String)
    /// The group was made with another number of partitions.
    case partitionsDiffer(stream: String, configured: Int, actual: Int)
    /// Entries are pending that were routed by another rule for the contact key.
    case keyRuleDiffers(stream: String, actual: String)
    /// The dead-letter stream takes no letter: another type of key, no right to write, no memory.
    case deadLetterWriteFailed(stream: String, why: String)
    /// A key holds something else than it should.
    case wrongType(key: String, expected: String, actual: String)
    /// A key of the group's state holds a value that no bridge has written.
    case wrongValue(key: String, error: String)
    /// The state belongs to another stream with the same hash tag.
    case otherStream(stream: String, owner: String)

    package init?(_ error: RedisError, keys: GroupKeys, partitions: Int) {
        guard case .server(let fault) = error.reason else { return nil }
        let stream = keys.stream
        if fault.message.contains("value is not an integer") {
            self = .wrongValue(key: keys.state, error: fault.message)
            return
        }
        switch Self.code(fault) {
        case "FENCED": self = .fenced(stream: stream)
        case "NOGROUP", "UNOPENED": self = .groupLost(stream: stream)
        case "INCARNATION": self = .incarnationChanged(stream: stream)
        case "AGAIN": self = .again(stream: stream)
        case "ADOPT": self = .adoptFirst(stream: stream)
        case "PARTITIONS":
            let number = Int(fault.message.filter(\.isNumber))
            self = .partitionsDiffer(stream: stream, configured: partitions, actual: number ?? 0)
        case "KEYRULE": self = .keyRuleDiffers(stream: stream, actual: fault.message)
        case "DEADLETTERS": self = .deadLetterWriteFailed(stream: stream, why: fault.message)
        case "STREAM": self = .otherStream(stream: stream, owner: fault.message)
        default: return nil
        }
    }

    /// Redis before 7.0 puts what a command inside a script answered behind text of its own.
    private static func code(_ fault: RedisServerError) -> String {
        guard fault.code == "ERR", fault.message.hasPrefix("Error running script") else { return fault.code }
        return ["DEADLETTERS", "NOGROUP"].first { fault.message.contains($0) } ?? fault.code
    }

    /// Whether opening the group again may help.
    package var isRetryable: Bool {
        switch self {
        case .fenced, .groupLost, .incarnationChanged, .again, .adoptFirst, .deadLetterWriteFailed: true
        case .partitionsDiffer, .keyRuleDiffers, .leaseTooShort, .otherStream, .wrongType, .wrongValue: false
        }
    }

    package var description: String {
        switch self {
        case .fenced(let stream):
            "another replica owns this partition of \(stream) now"
        case .groupLost(let stream):
            "the consumer group on \(stream) or its state is gone; it is made again"
        case .incarnationChanged(let stream):
            "Redis failed over, restarted, or its state for \(stream) was replaced; partitions are reread"
        case .again(let stream):
            "the position of the group on \(stream) was set back; its pending entries are routed again"
        case .leaseTooShort(let stream, let timing, let group):
            """
            the group on \(stream) keeps a lease time of \(group), which is too short for loops.requestTimeoutSeconds \
            (\(timing.requestTimeout)) and two heartbeats (bridge.heartbeatSeconds, \(timing.heartbeat)). Lower these, or stop all replicas \
            and start them with the same longer bridge.leaseSeconds (here \(timing.lease)).
            """
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
        case .deadLetterWriteFailed(let stream, let why):
            "a dead letter of \(stream) cannot be written, and its entry stays pending: \(why)"
        case .wrongType(let key, let expected, let actual):
            "the Redis key \(key) holds a \(actual), not a \(expected). Check bridge.streams and bridge.group, or move that key."
        case .wrongValue(let key, let error):
            "the Redis key \(key) holds a value that no bridge has written (\(error)). Restore it, or delete it while no replica runs."
        case .otherStream(let stream, let owner):
            """
            the stream \(stream) has the keys of the stream \(owner) for its state, since the one is the other's hash tag. Rename one of them, or \
            use another bridge.group.
            """
        }
    }
}
