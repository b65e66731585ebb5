import Testing

@testable import Bridge

@Suite("Permits: when the limiter is asked, and what is made of its answer")
struct PermitsTests {
    private let start = ContinuousClock.now

    private func grant(
        _ count: Int,
        delay: Duration = .zero,
        interval: Duration = .milliseconds(100),
        given: Int64 = 1,
        isOthers: Bool = false
    ) -> PermitGrant {
        PermitGrant(
            count: count,
            delay: delay,
            interval: interval,
            given: given,
            limit: 10,
            rate: 9.85,
            isOthers: isOthers
        )
    }

    @Test("Without a limit nothing is ever asked, and every request may start")
    func unlimited() {
        var permits = Permits(isLimited: false)
        permits.refused()
        #expect(permits.request(demand: 100, now: start) == nil)
        for _ in 0..<100 {
            #expect(permits.isDue(now: start))
            permits.take()
        }
    }

    @Test("At ten a second one permit is held ahead, however much waits; at a thousand a call brings many")
    func depth() throws {
        var permits = Permits(isLimited: true)
        #expect(permits.request(demand: 50, now: start)?.count == 1)
        #expect(permits.request(demand: 50, now: start) == nil, "one question at a time")
        _ = permits.granted(grant(1, interval: .milliseconds(1)), now: start)
        let request = permits.request(demand: 5000, now: start)
        let many = try #require(request)
        #expect(many.count == 49)
        _ = permits.granted(grant(many.count, delay: .milliseconds(1), interval: .milliseconds(1)), now: start)
        var calls = 0
        var used = 0
        for step in 0..<1000 {
            let now = start + .milliseconds(step)
            #expect(permits.discard(now: now) == 0)
            if permits.isDue(now: now) {
                permits.take()
                used += 1
            }
            if let request = permits.request(demand: 5000, now: now) {
                calls += 1
                let held = Duration.milliseconds(50 - request.count)
                _ = permits.granted(grant(request.count, delay: held, interval: .milliseconds(1)), now: now)
            }
        }
        #expect(used > 950 && calls < 60)
        #expect(permits.request(demand: 0, now: start + .seconds(2)) == nil)
    }

    @Test("Never more are held than the bound, at any limit")
    func most() {
        var permits = Permits(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        _ = permits.granted(grant(1, interval: .microseconds(10)), now: start)
        #expect(permits.request(demand: 100_000, now: start)?.count == Permits.most - 1)
    }

    @Test("A permit is good from its instant on, for a short while")
    func instants() {
        var permits = Permits(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        #expect(permits.granted(grant(1, delay: .milliseconds(30)), now: start) == .milliseconds(30))
        #expect(!permits.isDue(now: start + .milliseconds(29)) && permits.nextWake == start + .milliseconds(30))
        #expect(permits.isDue(now: start + .milliseconds(30)))
        #expect(permits.discard(now: start + .milliseconds(50)) == 0)
        #expect(permits.discard(now: start + .milliseconds(51)) == 1 && permits.nextWake == nil)
    }

    @Test("While Redis is away it asks now and then, and what it had to tell is told when Redis is back")
    func failures() {
        var permits = Permits(isLimited: true)
        permits.refused()
        permits.observe(limit: 25, remaining: nil, started: start)
        let first = permits.request(demand: 1, now: start)
        #expect(first?.news == LimiterNews(limit: 25, refused: true))
        permits.failed(now: start)
        let again = start + Permits.pauseAfterFailure
        #expect(permits.request(demand: 1, now: again - .nanoseconds(1)) == nil && permits.nextWake == again)
        #expect(permits.request(demand: 1, now: again)?.news == first?.news)
    }

    @Test("A partition that is another's brings no permit, and no storm of questions")
    func othersPartition() {
        var permits = Permits(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        #expect(permits.granted(grant(0, isOthers: true), now: start) == nil)
        #expect(permits.request(demand: 1, now: start) == nil)
        #expect(permits.request(demand: 1, now: start + Permits.pauseAfterFailure) != nil)
    }

    @Test("A refusal is told at once, also when nothing waits, and what is held is not used")
    func refused() {
        var permits = Permits(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        _ = permits.granted(grant(1), now: start)
        permits.refused()
        #expect(!permits.isDue(now: start))
        let told = permits.request(demand: 0, now: start)
        #expect(told?.count == 0 && told?.news.refused == true)
        _ = permits.granted(grant(0), now: start)
        permits.isBack()
        #expect(permits.request(demand: 0, now: start)?.news.isBack == true)
    }

    // MARK: Others

    @Test("Another client is seen when Loops counts more than all replicas were permitted")
    func others() {
        var permits = Permits(isLimited: true)
        for step in 0..<30 {
            let now = start + .milliseconds(100 * step)
            _ = permits.request(demand: 1, now: now)
            _ = permits.granted(grant(1, given: Int64(step) / 2), now: now)
            _ = permits.discard(now: now + .seconds(1))
        }
        let now = start + .milliseconds(2900)
        permits.observe(limit: 10, remaining: 6, started: now)
        #expect(permits.request(demand: 1, now: now)?.news.others == nil, "that much was permitted")
        _ = permits.granted(grant(0, given: 15), now: now)
        permits.observe(limit: 10, remaining: 1, started: now)
        #expect(permits.request(demand: 1, now: now)?.news.others.map { $0 >= 3 } == true)
        #expect(permits.remaining == 1)
    }

    @Test(
        "Its own requests are never taken for another's, whatever the window and however late the answers",
        arguments: 0..<4
    )
    func own(kind: Int) {
        var use = ForeignUse()
        var arrivals: [ContinuousClock.Instant] = []
        var given: Int64 = 0
        for step in 0..<400 {
            let now = start + .milliseconds(25 * step)
            // Bursts and pauses, and every request takes its time.
            if (step / 40) % 2 == kind % 2 || step % 4 == 0 {
                given += 1
                use.observe(given: given, now: now)
                let arrival = now + .milliseconds(10 * kind)
                arrivals.append(arrival)
                let used = arrivals.count { $0 > arrival - .seconds(1) }
                if let others = use.others(used: used, started: now) { #expect(others == 0) }
            }
        }
        #expect(use.others(used: 5, started: start) == nil, "nothing is known of that time")
    }

    @Test("A limiter that has lost its count begins anew")
    func recount() {
        var use = ForeignUse()
        use.observe(given: 1000, now: start)
        use.observe(given: 3, now: start + .seconds(2))
        #expect(use.others(used: 9, started: start + .seconds(2)) == nil)
    }
}
