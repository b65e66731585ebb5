import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("A stream that only ever grows is noticed, and not at every look")
struct GrowthMonitorTests {
    private func survey(added: Int?, length: Int) -> StreamSurvey {
        var survey = StreamSurvey()
        (survey.added, survey.length) = (added, length)
        return survey
    }

    @Test("From a length on, and each time it has doubled")
    func doubling() {
        var monitor = GrowthMonitor()
        let told = stride(from: 0, through: 1_000_000, by: 10_000).filter { length in
            monitor.observe(survey(added: length, length: length))
        }
        #expect(told == [100_000, 200_000, 400_000, 800_000])
        // At a start it is told at once, and once.
        var late = GrowthMonitor()
        let looks = [5_000_000, 5_000_001].map { late.observe(survey(added: $0, length: $0)) }
        #expect(looks == [true, false])
    }

    @Test("What is trimmed, short or unknown is not")
    func quiet() {
        var monitor = GrowthMonitor()
        // Something was removed; Redis 6; short.
        let surveys = [(1_000_001, 1_000_000), (nil, 1_000_000), (99_999, 99_999)] as [(Int?, Int)]
        let told = surveys.filter { monitor.observe(survey(added: $0.0, length: $0.1)) }
        #expect(told.isEmpty)
    }
}
