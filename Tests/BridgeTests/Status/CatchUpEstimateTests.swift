import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("How long the backlog lasts")
struct DrainEstimateTests {
    private let origin = ContinuousClock.now

    private func survey(added: Int?, lag: Int?, pending: Int?) -> StreamSurvey {
        var survey = StreamSurvey()
        (survey.added, survey.lag, survey.pending) = (added, lag, pending)
        return survey
    }

    private func estimate(_ looks: [(second: Int, survey: StreamSurvey?)]) -> CatchUpEstimate {
        var estimate = CatchUpEstimate()
        for look in looks { estimate.observe(look.survey, now: origin + .seconds(look.second)) }
        return estimate
    }

    @Test("The ends of all replicas are counted, whatever is added meanwhile")
    func rate() {
        let estimate = estimate([
            (0, survey(added: 100, lag: 80, pending: 20)), (10, survey(added: 500, lag: 380, pending: 20)),
        ])
        #expect(estimate.completionsPerSecond == 10)
        #expect(CatchUpEstimate.seconds(backlog: 400, pace: estimate.pace) == 40)
    }

    @Test("One look, or one that Redis cannot answer, makes it unknown")
    func unknown() {
        let good = survey(added: 10, lag: 5, pending: 1)
        #expect(estimate([(0, good)]).completionsPerSecond == nil)
        #expect(estimate([(0, good), (2, survey(added: nil, lag: 5, pending: 1))]).completionsPerSecond == nil)
        #expect(estimate([(0, good), (2, survey(added: 10, lag: nil, pending: 1))]).completionsPerSecond == nil)
        #expect(estimate([(0, good), (2, nil), (4, good)]).completionsPerSecond == nil)
    }

    @Test("A stream that began anew is not counted backwards")
    func restarted() {
        let estimate = estimate([
            (0, survey(added: 1000, lag: 0, pending: 0)), (2, survey(added: 10, lag: 4, pending: 2)),
            (4, survey(added: 10, lag: 0, pending: 2)),
        ])
        #expect(estimate.completionsPerSecond == 2)
    }

    @Test("A minute is remembered, and not more looks than the limit")
    func memory() {
        var looks = (0...100).map { (second: $0 * 2, survey: survey(added: $0, lag: 0, pending: 0) as StreamSurvey?) }
        looks.append((202, survey(added: 3100, lag: 0, pending: 0)))
        #expect((estimate(looks).completionsPerSecond ?? 0) > 40, "the flow of before the last minute still counts")
        var many = CatchUpEstimate()
        for index in 0..<1000 {
            many.observe(survey(added: index, lag: 0, pending: 0), now: origin + .milliseconds(index * 10))
        }
        #expect((many.completionsPerSecond ?? 0).rounded() == 100)
    }

    @Test("Nothing waits: at once. Nothing moves, or nothing is known: unknown, never 0")
    func drain() {
        #expect(CatchUpEstimate.seconds(backlog: 0, pace: nil) == 0)
        #expect(CatchUpEstimate.seconds(backlog: 5, pace: 0) == nil)
        #expect(CatchUpEstimate.seconds(backlog: 5, pace: nil) == nil)
        #expect(CatchUpEstimate.seconds(backlog: nil, pace: 3) == nil)
    }

    /// Looks every two seconds at a backlog that goes down at the given paces, so many seconds each.
    private func times(_ paces: [(perSecond: Double, seconds: Int)], backlog: Int = 100_000) -> [Double?] {
        var (estimate, second, finished) = (CatchUpEstimate(), 0, 0.0)
        var times: [Double?] = []
        for (perSecond, seconds) in paces {
            for _ in 0..<(seconds / 2) {
                let waits = backlog - Int(finished)
                estimate.observe(survey(added: backlog, lag: waits, pending: 0), now: origin + .seconds(second))
                times.append(CatchUpEstimate.seconds(backlog: waits, pace: estimate.pace))
                second += 2
                finished += 2 * perSecond
            }
        }
        return times
    }

    @Test("While nothing moves it is unknown within ten seconds, and it is told anew soon after")
    func standsStill() {
        let times = times([(10, 60), (0, 30), (10, 20)])
        #expect(times[0] == nil && times[3] != nil, "unknown at first")
        #expect(times[36...44].allSatisfy { $0 == nil }, "12 s after the last end, and on")
        #expect(times[49] != nil, "some seconds after it moves again: \(times)")
    }

    @Test(
        "It follows the pace, and does not jump by half within seconds",
        arguments: [(10.0, 1.0), (1.0, 10.0), (10.0, 2.0)]
    )
    func smooth(from: Double, to: Double) throws {
        let times = times([(from, 60), (to, 120)])
        let known = times.drop { $0 == nil }.compactMap { $0 }
        #expect(known.count >= times.count - 4, "it stays known")
        for (before, after) in zip(known, known.dropFirst(2)) {
            #expect(after < before * 1.5 && after > before / 1.5, "within four seconds: \(before) s to \(after) s")
        }
        let last = try #require(known.last)
        let right = (100_000 - from * 60 - to * 118) / to
        #expect(abs(last - right) < right / 5, "two minutes later: \(last) s, right would be \(right) s")
    }

    @Test("How long something waits with no end is known, whoever should end it")
    func still() {
        var estimate = CatchUpEstimate()
        estimate.observe(survey(added: 5, lag: 0, pending: 0), now: origin)
        #expect(estimate.still(now: origin + .seconds(60)) == nil, "nothing waits")
        estimate.observe(survey(added: 6, lag: 1, pending: 0), now: origin + .seconds(60))
        #expect(estimate.still(now: origin + .seconds(75)) == .seconds(15))
        estimate.observe(survey(added: 7, lag: 1, pending: 0), now: origin + .seconds(76))
        #expect(estimate.still(now: origin + .seconds(76)) == .zero, "one ended")
    }
}
