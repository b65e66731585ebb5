package import RedisStreams

/// Why a part of a request was not accepted. Sending it again is safe.
package enum IntakeRefusal: Error, Sendable, Equatable {
    /// There is no room for what waits.
    case noRoom(outageSeconds: Int)
    /// It waited for as long as it may.
    case heldTooLong(outageSeconds: Int)
    /// The intake has ended.
    case stopped

    /// For how long nothing could be added.
    package var outageSeconds: Int {
        switch self {
        case .noRoom(let seconds), .heldTooLong(let seconds): seconds
        case .stopped: 0
        }
    }
}

/// Why one call was not carried out. It is made again as long as its events may be held.
package enum CallFailure: Error, Sendable, Equatable, CustomStringConvertible {
    case redis(RedisError)
    /// The stream has as many entries as it may have.
    case streamFull(length: Int)
    /// Redis came to it after its deadline.
    case late
    /// Another day has begun by Redis' clock.
    case otherDay
    /// Fewer replicas have the entries than have to.
    case replicas(Int, wanted: Int)

    package var description: String {
        switch self {
        case .redis(let error): "\(error)"
        case .streamFull(let length): "the stream has \(length) entries, and may have no more (ingest.maxLength)"
        case .late: "Redis came to the call after its deadline"
        case .otherDay: "another day has begun"
        case .replicas(let count, let wanted):
            "\(count) replicas of Redis have the entries, and \(wanted) have to (ingest.waitReplicas)"
        }
    }

    /// A word for a metric's label.
    package var word: String {
        switch self {
        case .redis(let error):
            if case .server(let fault) = error.reason {
                fault.code == "OOM" ? "memory" : "refused"
            } else {
                "unreachable"
            }
        case .streamFull: "stream_full"
        case .late, .otherDay: "late"
        case .replicas: "replicas"
        }
    }

    /// Every word.
    package static let words = ["memory", "refused", "unreachable", "stream_full", "late", "replicas"]
}
