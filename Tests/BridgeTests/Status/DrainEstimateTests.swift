import Testing

@testable import Bridge

@Suite("How long the backlog lasts")
struct DrainEstimateTests {
    private let origin = ContinuousClock.now

    private func survey(added: Int?, lag: Int?, pending: Int?) -> StreamSurvey {
        var survey = StreamSurvey()
        (survey.added, survey.lag, survey.pending) = (added, lag, pending)
        return survey
    }

    private func estimate(_ looks: [(second: Int, survey: StreamSurvey?)]) -> DrainEstimate {
        var estimate = DrainEstimate()
        for look in looks { estimate.observe(look.survey, now: origin + .seconds(look.second)) }
        return estimate
    }

    @Test("The ends of all replicas are counted, whatever is added meanwhile")
    func rate() {
        let estimate = estimate([
            (0, survey(added: 100, lag: 80, pending: 20)), (10, survey(added: 500, lag: 380, pending: 20)),
        ])
        #expect(estimate.endsPerSecond == 10)
        #expect(DrainEstimate.seconds(backlog: 400, endsPerSecond: estimate.endsPerSecond) == 40)
    }

    @Test("One look, or one that Redis cannot answer, makes it unknown")
    func unknown() {
        let good = survey(added: 10, lag: 5, pending: 1)
        #expect(estimate([(0, good)]).endsPerSecond == nil)
        #expect(estimate([(0, good), (2, survey(added: nil, lag: 5, pending: 1))]).endsPerSecond == nil)
        #expect(estimate([(0, good), (2, survey(added: 10, lag: nil, pending: 1))]).endsPerSecond == nil)
        #expect(estimate([(0, good), (2, nil), (4, good)]).endsPerSecond == nil)
    }

    @Test("A stream that began anew is not counted backwards")
    func restarted() {
        let estimate = estimate([
            (0, survey(added: 1000, lag: 0, pending: 0)), (2, survey(added: 10, lag: 4, pending: 2)),
            (4, survey(added: 10, lag: 0, pending: 2)),
        ])
        #expect(estimate.endsPerSecond == 2)
    }

    @Test("A minute is remembered, and not more looks than the limit")
    func memory() {
        var looks = (0...100).map { (second: $0 * 2, survey: survey(added: $0, lag: 0, pending: 0) as StreamSurvey?) }
        looks.append((202, survey(added: 3100, lag: 0, pending: 0)))
        #expect((estimate(looks).endsPerSecond ?? 0) > 40, "the flow of before the last minute still counts")
        var many = DrainEstimate()
        for index in 0..<1000 {
            many.observe(survey(added: index, lag: 0, pending: 0), now: origin + .milliseconds(index * 10))
        }
        #expect((many.endsPerSecond ?? 0).rounded() == 100)
    }

    @Test("Nothing waits: at once. Nothing moves, or nothing is known: unknown, never 0")
    func drain() {
        #expect(DrainEstimate.seconds(backlog: 0, endsPerSecond: nil) == 0)
        #expect(DrainEstimate.seconds(backlog: 5, endsPerSecond: 0) == nil)
        #expect(DrainEstimate.seconds(backlog: 5, endsPerSecond: nil) == nil)
        #expect(DrainEstimate.seconds(backlog: nil, endsPerSecond: 3) == nil)
    }
}
