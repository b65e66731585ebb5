import RedisStreams

/// The limiter's answer.
struct PermitGrant: Sendable, Equatable {
    /// Permits that were given.
    var count: Int
    /// Until the first of them is good, from now on.
    var delay: Duration
    /// Between two of them.
    var interval: Duration
    /// Permits ever given, to all replicas.
    var given: Int64
    /// The team's limit, in requests a second.
    var limit: Double
    /// What is used of it now.
    var rate: Double
    /// The partition that was named has another owner.
    var isOthers: Bool

    init(
        count: Int,
        delay: Duration,
        interval: Duration,
        given: Int64,
        limit: Double,
        rate: Double,
        isOthers: Bool = false
    ) {
        (self.count, self.delay, self.interval, self.given) = (count, delay, interval, given)
        (self.limit, self.rate, self.isOthers) = (limit, rate, isOthers)
    }

    init(_ value: RedisValue) throws(RedisError) {
        guard let parts = value.array, parts.count == 7, let count = parts[0].integer, let delay = parts[1].integer,
            let interval = parts[2].integer, let given = parts[3].integer,
            let limit = parts[4].text.flatMap(Double.init),
            let rate = parts[5].text.flatMap(Double.init)
        else { throw RedisError(.unexpectedReply("permit"), command: "EVALSHA", mayHaveBeenApplied: true) }
        self.init(
            // What another program wrote there must not become more than was asked for.
            count: Int(min(max(0, count), Int64(Permits.most))),
            delay: .microseconds(delay),
            interval: .microseconds(interval),
            given: given,
            limit: limit,
            rate: rate,
            isOthers: parts[6] == .integer(1)
        )
    }
}
