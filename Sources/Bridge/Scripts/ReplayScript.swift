import RedisStreams

/// Adds a dead letter's entry to its stream again and removes the letter, in one step.
struct ReplayScript: GroupScript {
    static let source = ScriptSource("replay", isForPeople: true, ["replay": PackageResources.replay_lua])

    let letter: StreamID
    /// The stream of dead letters that it is in.
    let deadLetters: String
    /// The entry that the letter is of.
    let entry: StreamID
    /// How many fields of the letter say why, and the last of them: its own come behind it.
    let reasonFields: (count: Int, last: String)
    let maxFields: Int
    /// Copies that are remembered as such, and for how long.
    let remembered: (count: Int, milliseconds: Int)

    func keys(in keys: StreamKeys) -> [String] { [deadLetters, keys.stream, keys.replayed] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        [
            .string(letter.description), .integer(reasonFields.count), .string(reasonFields.last),
            .string(entry.description), .integer(maxFields), .integer(remembered.count),
            .integer(remembered.milliseconds),
        ]
    }

    /// - Returns: the new entry's ID; nil when the letter is gone.
    func decode(_ reply: RedisValue) throws(RedisError) -> StreamID? { StreamID(reply) }
}
