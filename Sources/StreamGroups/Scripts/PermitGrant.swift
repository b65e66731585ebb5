package import RedisStreams

/// The limiter's answer.
package struct PermitGrant: Sendable, Equatable {
    /// Permits that were given.
    package var count: Int
    /// Until the first of them is good, from now on; without any, until the next one would be.
    package var delay: Duration
    /// Between two of them.
    package var interval: Duration
    /// The limit that holds, in requests a second: the team's, or the lowest that a replica is configured with.
    package var limit: Double
    /// What is used of it now.
    package var rate: Double
    /// The partition that was named has another owner.
    package var isFenced = false
    /// The lowest limit that a replica is configured with, in requests a second; nil when none is.
    package var lowestCap: Double?

    package init(
        count: Int,
        delay: Duration,
        interval: Duration,
        limit: Double,
        rate: Double,
        isFenced: Bool = false,
        lowestCap: Double? = nil
    ) {
        (self.count, self.delay, self.interval) = (count, delay, interval)
        (self.limit, self.rate, self.isFenced, self.lowestCap) = (limit, rate, isFenced, lowestCap)
    }

    package init(_ value: RedisValue) throws(RedisError) {
        guard let parts = value.array, parts.count == 7, let count = parts[0].integer, let delay = parts[1].integer,
            let interval = parts[2].integer, let limit = parts[3].text.flatMap(Double.init),
            let rate = parts[4].text.flatMap(Double.init), let lowest = parts[6].text.flatMap(Double.init)
        else { throw RedisError(.unexpectedReply("acquire_permits"), command: "EVALSHA", mayHaveBeenApplied: true) }
        self.init(
            // What another program wrote there must not become more than was asked for.
            count: Int(min(max(0, count), Int64(AcquirePermitsScript.mostPermits))),
            delay: .microseconds(delay),
            interval: .microseconds(interval),
            limit: limit,
            rate: rate,
            isFenced: parts[5] == .integer(1),
            lowestCap: lowest > 0 ? lowest : nil
        )
    }
}
