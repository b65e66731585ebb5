package import RedisStreams

/// Adds a dead letter's entry to its stream again and removes the letter, in one step.
package struct ReplayScript: GroupScript {
    package static let source = ScriptSource("replay", isForPeople: true, ["replay": PackageResources.replay_lua])

    package let letter: StreamID
    /// The stream of dead letters that it is in.
    package let deadLetters: String
    /// The entry that the letter is of.
    package let entry: StreamID
    /// How many fields of the letter say why, and the last of them: its own come behind it.
    package let reasonFields: (count: Int, last: String)
    package let maxFields: Int
    /// Copies that are remembered as such, and for how long.
    package let remembered: (count: Int, milliseconds: Int)

    package init(
        letter: StreamID,
        deadLetters: String,
        entry: StreamID,
        reasonFields: (count: Int, last: String),
        maxFields: Int,
        remembered: (count: Int, milliseconds: Int)
    ) {
        self.letter = letter
        self.deadLetters = deadLetters
        self.entry = entry
        self.reasonFields = reasonFields
        self.maxFields = maxFields
        self.remembered = remembered
    }

    package func keys(in keys: GroupKeys) -> [String] { [deadLetters, keys.stream, keys.replayed] }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [
            .string(letter.description), .integer(reasonFields.count), .string(reasonFields.last),
            .string(entry.description), .integer(maxFields), .integer(remembered.count),
            .integer(remembered.milliseconds),
        ]
    }

    /// - Returns: the new entry's ID; nil when the letter is gone.
    package func decode(_ reply: RedisValue) throws(RedisError) -> StreamID? { StreamID(reply) }
}
