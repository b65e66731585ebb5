import RedisStreams
import Segment

/// An entry that the group has not read yet, with what is in it and the partition of its contact.
///
/// It was read by a plain command: a script never sees what an entry holds, since every text that Lua sees costs Redis time that a producer can
/// choose.
struct PeekedEntry: Sendable {
    let entry: StreamEntry
    let content: DecodedEntry
    let partition: Int
}

/// What was read behind the group's position, as this replica knew it.
struct Peek: Sendable {
    /// The ID behind which all was read that there is, up to the last of ``entries``.
    let from: StreamID
    let entries: [PeekedEntry]
    /// The incarnation that this replica knew before it read. Routed under another one, what it read could be another history's.
    let incarnation: String

    /// Whether it stands for an entry that is too large to be read.
    var isUnreadable: Bool { entries.first.map { $0.entry.fields == nil } ?? false }

    /// The bytes of the entries' values.
    var bytes: Int { entries.reduce(0) { $0 + $1.content.bytes } }
}
