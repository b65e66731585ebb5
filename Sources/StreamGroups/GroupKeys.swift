import Crypto
package import RedisStreams
import Support

/// The Redis keys of one stream. Every derived key carries the stream's hash tag, so that a stream and its state live in one slot.
///
/// No key can share the slot of a name that has a `}` or a `{}` and no hash tag in front of it: on a cluster, such a name does not work.
package struct GroupKeys: Sendable, Equatable {
    package let stream: String
    package let group: String
    /// The hash that holds partition count, key rule, incarnation and counters of the group.
    package let state: String
    package let deadLetters: String
    /// The stream of receipts; there only where ``AcknowledgeScript`` is told to write some.
    package let receipts: String
    /// A field of leases and members that is always there: without it the key was lost or deleted, and says nothing of owners.
    package static let marker = "-"

    /// - Parameter deadLetters: the configured name, or nil for `{stream}:dead`.
    package init(stream: String, group: String, deadLetters: String? = nil) {
        self.stream = stream
        self.group = group
        let tagged = Self.tagged(stream)
        self.state = "\(tagged):bridge:\(group)"
        self.deadLetters = deadLetters ?? "\(tagged):dead"
        self.receipts = "\(tagged):receipts"
    }

    /// Partition to lease: a hash.
    package var leases: String { "\(state):leases" }
    /// Member to beat: a hash.
    package var members: String { "\(state):members" }
    /// Member to where people find its page: a hash.
    package var addresses: String { "\(state):addresses" }
    /// Partition to the first and the last entry that its owner has read and not planned yet: a hash, mostly empty.
    package var hands: String { "\(state):positions" }
    /// Entry to the deaths of processes that it was present at: a hash, empty but after crashes.
    package var suspects: String { "\(state):crash-counts" }

    /// Entry to what keeps it from being delivered, in JSON: a hash that `why` reads, empty but while something fails.
    package var troubles: String { "\(state):delivery-errors" }
    /// Entry that a replay added to the entry that it is a copy of: a hash.
    package var replayed: String { "\(state):replays" }

    /// Mapping to what became of its events: a hash that the brake compares with.
    package var mappings: String { "\(state):mappings" }

    /// The key of the limiter. It says nothing of the API key: others who see Redis' keys must not learn it.
    package static func limiter(apiKey: String) -> String {
        "{loops-bridge:limiter:\(SHA256.hash(data: Array("loops-bridge limiter \(apiKey)".utf8)).prefix(6).hexadecimal)}"
    }

    /// What each key beside the stream and its dead letters holds, where it is there: Redis' word for the type.
    package var types: [(key: String, type: String)] {
        [
            (state, "hash"), (leases, "hash"), (members, "hash"), (hands, "hash"), (suspects, "hash"),
            (state + ":last-routed", "hash"), (troubles, "hash"), (replayed, "hash"),
            (mappings, "hash"), (addresses, "hash"),
        ]
    }

    /// Whether the stream is one of the keys that belong to another, or to itself.
    package func isKey(of other: GroupKeys) -> Bool {
        stream == other.deadLetters || stream == other.receipts || stream == other.state
            || stream.hasPrefix("\(other.state):")
    }

    /// Intake to what it tells of the stream, as ``IntakeReport`` says: a hash that is not there when none has told anything lately.
    package static func intakeReports(_ stream: String) -> String { "\(tagged(stream)):in:reports" }

    /// The stream of one entry that wakes a member.
    package func bell(of member: String) -> String { "\(state):wakeup:\(member)" }

    /// A stream's name with a hash tag: what every key in its slot begins with.
    package static func tagged(_ stream: String) -> String { hasHashTag(stream) ? stream : "{\(stream)}" }

    /// Redis Cluster's rule: the first `{`, and a `}` after it with something in between.
    private static func hasHashTag(_ key: String) -> Bool {
        guard let open = key.firstIndex(of: "{"), let close = key[open...].firstIndex(of: "}") else { return false }
        return key.index(after: open) < close
    }
}

/// The group's consumers are partitions, not processes: `p00`, `p01`, …
package enum PartitionName {
    /// The consumer that reads new entries inside the route script; nothing ever stays with it.
    package static let router = "router"
    /// The most partitions a group may have.
    package static let max = 1000

    package static func of(_ partition: Int) -> String { partition < 10 ? "p0\(partition)" : "p\(partition)" }
}

/// Which partition a contact belongs to: the first 32 bits of the SHA-1 of its key, modulo their number. Every replica has to find the same one.
package enum PartitionRule {
    /// - Parameters:
    ///   - key: the contact key; nil for an entry that has none: its own ID stands for it.
    package static func partition(of key: String?, id: StreamID, partitions: Int) -> Int {
        var text = key ?? id.description
        // Nothing here is kept safe by it: a hash that is spread evenly and is the same everywhere.
        let digest = text.withUTF8 { Insecure.SHA1.hash(data: UnsafeRawBufferPointer($0)) }
        let number = digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Int(number % UInt32(partitions))
    }
}
