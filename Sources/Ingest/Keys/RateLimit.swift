/// How many events per second, and how many at once.
package struct RateLimit: Sendable, Equatable {
    package static let eventsPerSecondMax = 1_000_000

    package let eventsPerSecond: Int
    package let burst: Int

    /// - Parameter burst: nil for ten seconds' worth.
    package init(eventsPerSecond: Int, burst: Int? = nil) {
        self.eventsPerSecond = min(max(eventsPerSecond, 1), Self.eventsPerSecondMax)
        self.burst = min(max(burst ?? self.eventsPerSecond * 10, 1), Self.eventsPerSecondMax * 60)
    }
}

/// A bucket of tokens in whole nanoseconds: the time at which it would be full again (GCRA). A batch larger than what is left passes when there is
/// anything left, and is paid off later; else one larger than the burst would never pass.
package struct TokenBucket: Sendable, Equatable {
    /// Nanoseconds on the caller's clock.
    private var fullAt: Int64 = .min

    package init() {}

    /// - Parameter now: nanoseconds on a clock that never goes back.
    /// - Returns: nil when the events may pass, else how many whole seconds to wait, at least 1.
    package mutating func take(_ events: Int, limit: RateLimit, now: Int64) -> Int? {
        let perEvent = 1_000_000_000 / Int64(limit.eventsPerSecond)
        let capacity = perEvent * Int64(limit.burst)
        let base = max(fullAt, now)
        let debt = base - now
        guard debt < capacity else {
            let wait = debt - capacity + 1
            return Int(min((wait + 999_999_999) / 1_000_000_000, 3600))
        }
        fullAt = base + perEvent * Int64(min(max(events, 0), RateLimit.eventsPerSecondMax))
        return nil
    }

    /// Whether it says no more than a new one.
    package func isFull(now: Int64) -> Bool { fullAt <= now }
}

/// The buckets of many keys or addresses. There are never more than `bucketsMax`: whoever changes addresses fills no memory.
package struct TokenBuckets: Sendable {
    private var buckets: [String: TokenBucket] = [:]
    /// For those who find no place: all of them share it.
    private var overflow = TokenBucket()
    private let bucketsMax: Int
    private var sweptAt: Int64 = .min

    package init(bucketsMax: Int = 10_000) { self.bucketsMax = bucketsMax }

    package var count: Int { buckets.count }

    /// As ``TokenBucket/take(_:limit:now:)``, of the bucket with that name.
    package mutating func take(_ events: Int, of name: String, limit: RateLimit, now: Int64) -> Int? {
        if buckets[name] == nil, buckets.count >= bucketsMax {
            sweep(now: now)
            guard buckets.count < bucketsMax else { return overflow.take(events, limit: limit, now: now) }
        }
        return buckets[name, default: TokenBucket()].take(events, limit: limit, now: now)
    }

    /// Full ones say nothing. Once a second at most: else each request of a flood would look at all of them.
    private mutating func sweep(now: Int64) {
        guard sweptAt == .min || now - sweptAt >= 1_000_000_000 else { return }
        sweptAt = now
        buckets = buckets.filter { !$0.value.isFull(now: now) }
    }
}
