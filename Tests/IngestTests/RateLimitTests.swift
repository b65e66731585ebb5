import Support
import Testing

@testable import Ingest

@Suite("Rates")
struct RateLimitTests {
    private static let second: Int64 = 1_000_000_000

    @Test("A burst, then the rate")
    func bucket() {
        let limit = RateLimit(eventsPerSecond: 10, burst: 20)
        var bucket = TokenBucket()
        for _ in 0..<20 { #expect(bucket.take(1, limit: limit, now: 0) == nil) }
        #expect(bucket.take(1, limit: limit, now: 0) == 1)
        #expect(bucket.take(1, limit: limit, now: Self.second / 10) == nil)
        #expect(bucket.take(1, limit: limit, now: Self.second / 10) == 1)
        #expect(!bucket.isFull(now: Self.second))
        #expect(bucket.isFull(now: 3 * Self.second))
    }

    @Test("A batch larger than the burst passes, and is paid off")
    func debt() {
        let limit = RateLimit(eventsPerSecond: 10, burst: 20)
        var bucket = TokenBucket()
        #expect(bucket.take(100, limit: limit, now: 0) == nil)
        // 10 s of debt, and there is room again when less than 2 s are left.
        #expect(bucket.take(1, limit: limit, now: 0) == 9)
        #expect(bucket.take(1, limit: limit, now: 8 * Self.second) == 1)
        #expect(bucket.take(1, limit: limit, now: 8 * Self.second + 1) == nil)
    }

    @Test(
        "What waits as long as it is told passes; in the long run the rate is kept",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limit = RateLimit(
            eventsPerSecond: Int.random(in: 1...500, using: &random),
            burst: Int.random(in: 1...1000, using: &random)
        )
        var bucket = TokenBucket()
        var now: Int64 = 0
        var passed = 0
        for _ in 0..<2000 {
            let events = Int.random(in: 0...50, using: &random)
            if let wait = bucket.take(events, limit: limit, now: now) {
                #expect(wait >= 1)
                now += Int64(wait) * Self.second
                #expect(bucket.take(events, limit: limit, now: now) == nil)
            }
            passed += events
            now += Int64.random(in: 0...Self.second / 50, using: &random)
        }
        #expect(passed <= limit.burst + 51 + Int(now / Self.second + 1) * limit.eventsPerSecond * 101 / 100)
    }

    @Test("Names have buckets of their own")
    func names() {
        let limit = RateLimit(eventsPerSecond: 1, burst: 1)
        var buckets = TokenBuckets()
        #expect(buckets.take(1, of: "a", limit: limit, now: 0) == nil)
        #expect(buckets.take(1, of: "a", limit: limit, now: 0) == 1)
        #expect(buckets.take(1, of: "b", limit: limit, now: 0) == nil)
    }

    @Test("A million addresses fill no memory, and those who find no place share one bucket")
    func flood() {
        let limit = RateLimit(eventsPerSecond: 1, burst: 10)
        var buckets = TokenBuckets(bucketsMax: 100)
        var refused = 0
        for address in 0..<100_000 where buckets.take(1, of: "\(address)", limit: limit, now: 0) != nil { refused += 1 }
        #expect(buckets.count == 100)
        #expect(refused == 100_000 - 100 - 10)
        // Later the old ones say nothing, and make room.
        #expect(buckets.take(1, of: "new", limit: limit, now: 20 * Self.second) == nil)
        #expect(buckets.count == 1)
    }
}
