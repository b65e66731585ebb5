import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("The trim guard foresees when a producer's trimming reaches what is not delivered")
struct TrimGuardTests {
    private let start = ContinuousClock.now

    /// A look at a stream that holds `length` of `added` entries, `waiting` of which are not delivered.
    private func survey(added: Int, length: Int, waiting: Int) -> StreamSurvey {
        var survey = StreamSurvey()
        (survey.added, survey.length, survey.lag, survey.pending) = (added, length, waiting, 0)
        return survey
    }

    /// Looks every second: a producer adds and keeps `length` entries, a bridge delivers some of them.
    private func looks(_ count: Int, adds: Int, delivers: Int, keeps length: Int, ownTrims: Bool = false) -> [Duration?]
    {
        var guardian = RetentionMonitor()
        var added = length, delivered = length
        return (0..<count).map { second in
            let own = ownTrims ? added - length : 0
            let look = survey(added: added, length: length, waiting: added - delivered)
            added += adds
            delivered = min(added, delivered + delivers)
            return guardian.observe(look, ownTrims: own, now: start + .seconds(second))
        }
    }

    @Test("A backlog that grows under a fixed length is told of, with the time that is left")
    func grows() throws {
        let times = looks(10, adds: 20, delivers: 10, keeps: 1000)
        let last = try #require(times.last ?? nil)
        // 10 entries a second come closer, of 1000 that 9 seconds have made 910.
        #expect(last == .seconds(91))
        #expect(zip(times.dropFirst(2), times.dropFirst(3)).allSatisfy { ($0 ?? .zero) > ($1 ?? .zero) })
    }

    @Test("A bridge that keeps pace, a stream that nobody trims, and our own trimming are no danger")
    func noDanger() {
        #expect(looks(10, adds: 20, delivers: 20, keeps: 1000).allSatisfy { $0 == nil })
        #expect(looks(10, adds: 20, delivers: 10, keeps: 1000, ownTrims: true).allSatisfy { $0 == nil })
    }

    @Test("What Redis does not know is not guessed")
    func unknown() {
        var guardian = RetentionMonitor()
        var look = survey(added: 100, length: 50, waiting: 10)
        look.added = nil
        for second in 0..<5 {
            #expect(guardian.observe(look, ownTrims: 0, now: start + .seconds(second)) == nil)
        }
        #expect(look.headroom == 40)
        look.lag = nil
        #expect(look.headroom == nil)
    }
}
