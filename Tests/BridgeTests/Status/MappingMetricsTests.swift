import Loops
import Metrics
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("What became of events, by mapping")
struct MappingMetricsTests {
    private func step(_ mapping: String) -> PlannedRequest {
        PlannedRequest(call: JournalSamples.call(bodyBytes: 0), mapping: mapping)
    }

    private func entry(_ steps: [PlannedRequest], faults: [DeliveryFailure] = []) -> PlannedEntry {
        PlannedEntry(
            contactQueue: OrderingKey(stream: 0, contact: "u"),
            id: .sample(1),
            partition: 0,
            size: 0,
            steps: steps,
            faults: faults
        )
    }

    @Test("Each mapping that took an event has its own outcome; a request that repeats another one is none")
    func outcomes() {
        let refused = DeliveryFailure(reason: .refused, detail: "", mapping: "b")
        let unplanned = DeliveryFailure(reason: .invalidFields, detail: "", mapping: "d")
        var late = step("c")
        late.isExpired = true
        var planned = entry([step("a"), step("b"), late], faults: [unplanned, refused])
        planned.insertNext(JournalSamples.call(bodyBytes: 1))
        let outcomes = planned.mappingOutcomes.map { "\($0.mapping) \($0.kind.rawValue)" }
        #expect(outcomes == ["a delivered", "b dead_lettered", "c expired", "d dead_lettered"])
        #expect(entry([]).mappingOutcomes.isEmpty)
    }

    @Test("Names are bounded: their number, their length, and what is in them")
    func names() {
        #expect(MappingMetrics.label("a\nb\u{1B}") == "a\u{FFFD}b\u{FFFD}")
        #expect(MappingMetrics.label(String(repeating: "x", count: 1000)).count == MappingMetrics.nameLength + 1)
        let labels = CountingFactory()
        let metrics = MappingMetrics(factory: labels)
        for number in 0..<1000 { metrics.ended([MappingOutcome(mapping: "m\(number)", kind: .delivered)], at: 5) }
        for number in 0..<1000 { metrics.request("n\(number)", took: .seconds(1)) }
        #expect(labels.mappings.count == MappingMetrics.maxNames + 1 && labels.mappings.contains(MappingMetrics.other))
        #expect(metrics.usage(of: "m1") == MappingUsage(delivered: 1, lastAt: 5))
        // Those that share a place are not told apart, and no other one's figures are theirs.
        #expect(metrics.usage(of: "m999") == MappingUsage() && metrics.usage(of: MappingMetrics.other).delivered == 900)
    }
}
