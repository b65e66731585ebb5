/// A reply that was given up since it is too large, as far as it came.
package struct LargeReply: Sendable, Equatable {
    /// The most bytes that the replies to a call may have.
    package let limit: Int
    /// The first string or number of it, however deep in arrays; nil when none had come.
    let first: RedisValue?

    init(limit: Int, first: RedisValue?) {
        self.limit = limit
        self.first = first
    }

    /// The ID of the first entry, if it was a reply of `XRANGE`'s form.
    package var firstEntry: StreamID? { first.flatMap(StreamID.init) }
}
