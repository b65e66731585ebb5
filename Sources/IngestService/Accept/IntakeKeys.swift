import StreamGroups

/// The Redis keys of one stream's intake. They carry the stream's hash tag, and so live in its slot.
package struct IntakeKeys: Sendable, Equatable {
    package let stream: String
    private let prefix: String

    package init(stream: String) {
        self.stream = stream
        prefix = GroupKeys.tagged(stream) + ":in"
    }

    /// What was done in all: a hash of `calls`, `added` and `duplicates`.
    package var counters: String { "\(prefix):counters" }

    /// Over how many streams the events of this one are spread: a number.
    package var shards: String { "\(prefix):streams" }

    /// The known events of a day, those of one bucket: a hash.
    /// - Parameter day: days since 1970, by Redis' clock.
    func known(day: Int, bucket: UInt16) -> String { "\(prefix):\(day):\(bucket)" }
}
