import DevKit
import JSON
import LoopsSimulator
import Support
import Testing

/// Each kind of limiter under seeded schedules, against counts made the slow way.
@Suite struct RateLimiterTests {
    /// Arrival times: a mix of bursts, even spacing and pauses.
    private func schedule(seed: UInt64, count: Int) -> [Int64] {
        var generator = SplitMix64(seed: seed)
        var now: Int64 = 1_790_000_000_123_000_000
        return (0..<count).map { _ in
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4: now += Int64.random(in: 0...2_000_000, using: &generator)
            case 4..<9: now += Int64.random(in: 50_000_000...150_000_000, using: &generator)
            default: now += Int64.random(in: 500_000_000...2_500_000_000, using: &generator)
            }
            return now
        }
    }

    private func accepted(_ configuration: RateLimiterConfiguration, _ times: [Int64], seed: UInt64 = 1) -> [Int64] {
        var limiter = RateLimiterModel(configuration: configuration, seed: seed)
        return times.filter { limiter.admit(now: $0).isAllowed }
    }

    private func most(_ times: [Int64], within window: Int64 = 1_000_000_000) -> Int {
        times.indices.map { last in times[...last].count { $0 > times[last] - window } }.max() ?? 0
    }

    @Test(arguments: 1...20) func `a sliding log passes exactly what a naive count passes`(seed: Int) {
        let times = schedule(seed: UInt64(seed), count: 600)
        for countsRejected in [false, true] {
            var configuration = RateLimiterConfiguration(kind: .slidingLog, limit: 7)
            configuration.countRejected = countsRejected
            var limiter = RateLimiterModel(configuration: configuration, seed: 1)
            var counted: [Int64] = []
            var expected: [Int64] = []
            for now in times {
                let isAllowed = counted.count { $0 > now - 1_000_000_000 } < 7
                if isAllowed { expected.append(now) }
                if isAllowed || countsRejected { counted.append(now) }
                let inView = counted.count { $0 > now - 1_000_000_000 }
                let decision = limiter.admit(now: now)
                #expect(decision.isAllowed == isAllowed)
                #expect(decision.remaining == max(0, 7 - inView))
            }
            #expect(accepted(configuration, times) == expected)
            #expect(most(expected) <= 7)
        }
    }

    @Test(arguments: 1...20) func `fixed windows pass what a naive count passes`(seed: Int) {
        let times = schedule(seed: UInt64(seed), count: 600)
        var start = Int64.min
        var count = 0
        var expected: [Int64] = []
        for now in times {
            if start == .min || now >= start + 1_000_000_000 {
                start = now
                count = 0
            }
            count += 1
            if count <= 10 { expected.append(now) }
        }
        #expect(accepted(RateLimiterConfiguration(kind: .fixedFirst, limit: 10), times) == expected)

        var bySecond: [Int64: Int] = [:]
        let aligned = times.filter {
            bySecond[$0 / 1_000_000_000, default: 0] += 1
            return bySecond[$0 / 1_000_000_000, default: 0] <= 10
        }
        #expect(accepted(RateLimiterConfiguration(kind: .fixedAligned, limit: 10), times) == aligned)
    }

    @Test(arguments: RateLimiterConfiguration.Kind.allCases) func `even pacing passes under every kind`(
        kind: RateLimiterConfiguration.Kind
    ) {
        let times = (0..<200).map { 1_790_000_000_500_000_000 + Int64($0) * 100_000_001 }
        #expect(accepted(RateLimiterConfiguration(kind: kind, limit: 10), times).count == 200)
    }

    @Test(arguments: RateLimiterConfiguration.Kind.allCases) func `a burst passes the limit and not one more`(
        kind: RateLimiterConfiguration.Kind
    ) {
        let times = (0..<50).map { 1_790_000_000_000_000_000 + Int64($0) * 1_000 }
        #expect(accepted(RateLimiterConfiguration(kind: kind, limit: 10), times).count == 10)
    }

    @Test(arguments: RateLimiterConfiguration.Kind.allCases) func `over a long time no kind passes more than its rate`(
        kind: RateLimiterConfiguration.Kind
    ) {
        let times = (0..<4_000).map { 1_790_000_000_000_000_000 + Int64($0) * 5_000_000 }
        let passed = accepted(RateLimiterConfiguration(kind: kind, limit: 10), times)
        #expect(passed.count <= 10 * 20 + 10)
        #expect(passed.count >= 10 * 20 - 10)
        #expect(most(passed) <= (kind == .slidingLog ? 10 : 20))
    }

    @Test func `ten at each side of a second's edge pass a fixed window and not a sliding log`() {
        let edge: Int64 = 1_790_000_001_000_000_000
        let times = (0..<10).map { edge - 10_000_000 + Int64($0) } + (0..<10).map { edge + Int64($0) }
        #expect(accepted(RateLimiterConfiguration(kind: .fixedAligned, limit: 10), times).count == 20)
        #expect(accepted(RateLimiterConfiguration(kind: .slidingLog, limit: 10), times).count == 10)
        // The weighted count is rounded down, so one more may slip through.
        #expect((10...11).contains(accepted(RateLimiterConfiguration(kind: .slidingCounter, limit: 10), times).count))
    }

    @Test func `another client of the team takes its share`() {
        var configuration = RateLimiterConfiguration(kind: .slidingLog, limit: 10)
        configuration.foreignLoad = 4
        let start: Int64 = 1_790_000_000_000_000_000
        let times = [start] + (0..<20).map { start + 2_000_000_000 + Int64($0) }
        #expect(accepted(configuration, times).count == 1 + 6)
    }

    @Test func `jitter makes a window longer, by the seed`() {
        var configuration = RateLimiterConfiguration(kind: .fixedFirst, limit: 1)
        configuration.windowJitterMilliseconds = 500
        let times = (0..<400).map { 1_790_000_000_000_000_000 + Int64($0) * 50_000_000 }
        let one = accepted(configuration, times, seed: 3)
        #expect(one == accepted(configuration, times, seed: 3))
        #expect(one.count < 20)
        #expect(one.count >= 13)
    }

    @Test func `headers on every answer, and what a 429 looks like`() {
        var driver = SimulationDriver(SimulatorConfiguration())
        for number in 1...12 {
            let reply = driver.call("GET", "/v1/lists")
            #expect(reply?.status == (number <= 10 ? 200 : 429))
            #expect(reply?.header("x-ratelimit-limit") == "10")
            #expect(reply?.header("x-ratelimit-remaining") == String(max(0, 10 - number)))
            #expect(reply?.header("retry-after") == nil)
            if number > 10 { #expect(reply?.message == "[sim] rate limited") }
        }
        #expect(driver.call("GET", "/v1/lists", bearer: "no")?.header("x-ratelimit-limit") == "10")
        let observer = driver.simulation.observers[0]
        #expect([observer.total, observer.accepted, observer.rejected] == [12, 10, 2])
        #expect(observer.mostInOneSecond == 12)
        #expect(observer.mostAcceptedInOneSecond == 10)
        driver.advance(milliseconds: 1_000)
        #expect(driver.call("GET", "/v1/lists")?.status == 200)

        for (body, text) in [(RateLimitBody.empty, ""), (.text, "[sim] rate limited")] {
            var configuration = SimulatorConfiguration()
            configuration.limiter.limit = 1
            configuration.validation.rateLimitBody = body
            configuration.validation.rateHeadersOn401 = false
            var other = SimulationDriver(configuration)
            _ = other.call("GET", "/v1/lists")
            let reply = other.call("GET", "/v1/lists")
            #expect(reply?.status == 429)
            #expect(reply.map { String(decoding: $0.body, as: UTF8.self) } == text)
            #expect(other.call("GET", "/v1/lists", bearer: "no")?.header("x-ratelimit-limit") == nil)
        }
    }

    @Test(arguments: 1...10) func `the observer counts as a naive count does`(seed: Int) {
        let times = schedule(seed: UInt64(seed), count: 500)
        var observer = RequestRateObserver()
        for time in times { observer.arrive(now: time) }
        #expect(observer.mostInOneSecond == most(times))
        #expect(observer.total == 500)
        #expect(observer.gapCounts.reduce(0, +) == 499)
    }
}
