/// `XPENDING` without a range.
package struct PendingSummary: Sendable, Equatable {
    package let count: Int
    /// The oldest pending entry; nil when none is pending.
    package let first: StreamID?
    package let last: StreamID?
    /// Pending entries by consumer.
    package let consumers: [String: Int]

    init(_ value: RedisValue) throws(RedisError) {
        guard let parts = value.array, parts.count == 4, let count = parts[0].integer else {
            throw .unexpectedReply(to: "XPENDING")
        }
        self.count = Int(count)
        first = StreamID(parts[1])
        last = StreamID(parts[2])
        var consumers: [String: Int] = [:]
        for item in parts[3].array ?? [] {
            guard let pair = item.array, pair.count == 2, let name = pair[0].text, let number = pair[1].integer else {
                throw .unexpectedReply(to: "XPENDING")
            }
            consumers[name] = Int(number)
        }
        self.consumers = consumers
    }
}

/// One line of `XPENDING` with a range.
package struct PendingEntry: Sendable, Equatable {
    package let id: StreamID
    package let consumer: String
    package let idle: Duration
    /// Redis' own count; reading a consumer's history raises it too.
    package let deliveries: Int

    init(_ value: RedisValue) throws(RedisError) {
        guard let parts = value.array, parts.count == 4, let id = StreamID(parts[0]), let consumer = parts[1].text,
            let idle = parts[2].integer, let deliveries = parts[3].integer
        else { throw .unexpectedReply(to: "XPENDING") }
        self.id = id
        self.consumer = consumer
        self.idle = .milliseconds(idle)
        self.deliveries = Int(deliveries)
    }
}
