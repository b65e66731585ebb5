import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Permits: when the limiter is asked, and what is made of its answer")
struct PermitsTests {
    private let start = ContinuousClock.now

    private func grant(
        _ count: Int,
        delay: Duration = .zero,
        interval: Duration = .milliseconds(100),
        isFenced: Bool = false
    ) -> PermitGrant {
        PermitGrant(
            count: count,
            delay: delay,
            interval: interval,
            limit: 10,
            rate: 9.85,
            isFenced: isFenced
        )
    }

    @Test("Without a limit nothing is ever asked, and every request may start")
    func unlimited() {
        var permits = PermitPool(isLimited: false)
        permits.refused()
        #expect(permits.request(demand: 100, now: start) == nil)
        for _ in 0..<100 {
            #expect(permits.isDue(now: start))
            permits.take()
        }
    }

    @Test("At ten a second one permit is held ahead, however much waits; at a thousand a call brings many")
    func depth() throws {
        var permits = PermitPool(isLimited: true)
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
            #expect(permits.discardExpired(now: now) == 0)
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
        var permits = PermitPool(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        _ = permits.granted(grant(1, interval: .microseconds(10)), now: start)
        #expect(permits.request(demand: 100_000, now: start)?.count == PermitPool.most - 1)
    }

    @Test("A permit is good from its instant on, for a short while")
    func instants() {
        var permits = PermitPool(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        #expect(permits.granted(grant(1, delay: .milliseconds(30)), now: start) == .milliseconds(30))
        #expect(!permits.isDue(now: start + .milliseconds(29)) && permits.nextWake == start + .milliseconds(30))
        #expect(permits.isDue(now: start + .milliseconds(30)))
        #expect(permits.discardExpired(now: start + .milliseconds(50)) == 0)
        #expect(permits.discardExpired(now: start + .milliseconds(51)) == 1 && permits.nextWake == nil)
    }

    @Test("While Redis is away it asks now and then, and what it had to tell is told when Redis is back")
    func failures() {
        var permits = PermitPool(isLimited: true)
        permits.refused()
        permits.observe(limit: 25, remaining: 4)
        let first = permits.request(demand: 1, now: start)
        #expect(first?.news == LimiterNews(limit: 25, refused: true, left: 4))
        permits.failed(now: start)
        let again = start + PermitPool.pauseAfterFailure
        #expect(permits.request(demand: 1, now: again - .nanoseconds(1)) == nil && permits.nextWake == again)
        #expect(permits.request(demand: 1, now: again)?.news == first?.news)
        _ = permits.granted(grant(1), now: again)
    }

    @Test("A partition that is another's brings no permit, and no storm of questions")
    func othersPartition() {
        var permits = PermitPool(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        #expect(permits.granted(grant(0, isFenced: true), now: start) == nil)
        #expect(permits.request(demand: 1, now: start) == nil)
        #expect(permits.request(demand: 1, now: start + PermitPool.pauseAfterFailure) != nil)
    }

    @Test("A refusal is told at once, also when nothing waits, and what is held is not used")
    func refused() {
        var permits = PermitPool(isLimited: true)
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

    // MARK: What others do

    @Test("The least that was left of Loops' window is told with the next question, once")
    func left() {
        var permits = PermitPool(isLimited: true)
        for left in [7, 3, 5] { permits.observe(limit: 10, remaining: left) }
        #expect(permits.remaining == 5)
        #expect(permits.request(demand: 1, now: start)?.news == LimiterNews(limit: 10, left: 3))
        _ = permits.granted(grant(1), now: start)
        #expect(permits.discardExpired(now: start + .seconds(1)) == 1)
        #expect(permits.request(demand: 1, now: start + .seconds(1))?.news == LimiterNews())
    }

    @Test("A permit that is far ahead is not held: it is asked for again shortly before its instant")
    func comesBack() {
        var permits = PermitPool(isLimited: true)
        _ = permits.request(demand: 1, now: start)
        #expect(permits.granted(grant(0, delay: .seconds(2)), now: start) == nil)
        let again = start + .seconds(2) - .milliseconds(150)
        #expect(permits.request(demand: 1, now: again - .nanoseconds(1)) == nil && permits.nextWake == again)
        permits.refused(retryAfter: .seconds(9))
        let told = permits.request(demand: 1, now: start)
        #expect(
            told?.count == 0 && told?.news == LimiterNews(refused: true, retryAfter: .seconds(9)),
            "news do not wait"
        )
        _ = permits.granted(grant(0, delay: .seconds(9)), now: start)
        #expect(permits.request(demand: 1, now: again)?.count == 1)
    }

    @Test(
        "The limiter hears of this replica's configured limit also while nothing is sent, and how long ago it was asked"
    )
    func capIsTold() {
        var permits = PermitPool(isLimited: true, hasCap: true)
        #expect(permits.request(demand: 0, now: start) == PermitRequest(count: 0))
        var answer = grant(0)
        answer.lowestCap = 3
        _ = permits.granted(answer, now: start)
        #expect(permits.lowestCap == 3 && !permits.isCapOld(now: start + .seconds(19)))
        #expect(permits.request(demand: 0, now: start + .seconds(19)) == nil)
        #expect(permits.isCapOld(now: start + .seconds(20)))
        let again = permits.request(demand: 0, now: start + .seconds(20))
        #expect(again?.count == 0 && again?.sinceLast == .seconds(20))
        var other = PermitPool(isLimited: true)
        #expect(other.request(demand: 0, now: start) == nil && !other.isCapOld(now: start))
    }
}
