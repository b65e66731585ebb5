import Testing

@testable import Bridge

@Suite("The rate of the last seconds")
struct RateMeterTests {
    private let origin = ContinuousClock.now
    private func after(_ seconds: Double) -> ContinuousClock.Instant { origin + .seconds(seconds) }

    @Test("The first second says nothing; then the time there was counts")
    func young() {
        var meter = RateMeter(origin: origin)
        meter.count(4, now: after(0.1))
        #expect(meter.rate(now: after(0.9)) == nil)
        #expect(meter.rate(now: after(2)) == 2)
    }

    @Test("A steady flow has its rate, at any instant")
    func steady() throws {
        var meter = RateMeter(origin: origin)
        for step in 0..<600 { meter.count(now: after(Double(step) / 10)) }
        for instant in [60.0, 60.3, 60.95] {
            let rate = try #require(meter.rate(now: after(instant)))
            #expect(abs(rate - 10) < 1)
        }
    }

    @Test("What is longer ago than the window is forgotten, after a long rest too")
    func forgotten() {
        var meter = RateMeter(origin: origin)
        meter.count(1000, now: after(5))
        #expect(meter.rate(now: after(16.5)) == 0)
        meter.count(100, now: after(1_000_000))
        let rate = meter.rate(now: after(1_000_000.5)) ?? 0
        #expect(rate > 9 && rate <= 10)
    }

    @Test("An instant of before counts with the last one")
    func backwards() {
        var meter = RateMeter(origin: origin)
        meter.count(now: after(8))
        meter.count(now: after(3))
        #expect((meter.rate(now: after(10)) ?? 0) == 0.2)
    }
}
