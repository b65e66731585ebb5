import Loops
import MetricCatalog
import Metrics
import StreamGroups

/// Every instrument of the bridge, made once. Names and labels follow docs/reference/metrics.md; labels are closed sets.
final class BridgeMetrics: Sendable {
    private let operations: [LoopsAction: OperationMetrics]
    private let retries: ClosedCounters<String>
    private let deadLetters: ClosedCounters<DeadLetterReason>
    private let streams: [StreamMetrics]
    private let eventAge: Recorder
    private let throttled: Counter
    private let coalesced: ClosedCounters<CoalescedKind>
    private let expired: Counter
    private let duplicates: ClosedCounters<String>
    let budget: BudgetMetrics
    let events: EventMetrics
    let mappings: MappingMetrics
    let redis: RedisCommandTimes

    /// - Parameter factory: where the instruments live; given, not global, so that tests run side by side.
    init(streams: [String], factory: any MetricsFactory) {
        operations = Dictionary(
            uniqueKeysWithValues: LoopsAction.allCases.map { ($0, OperationMetrics(operation: $0, factory: factory)) }
        )
        retries = ClosedCounters(
            .retries,
            by: .reason,
            values: LoopsOutcome.Retry.allCases.map(\.rawValue) + ["throttled"],
            in: factory
        )
        deadLetters = ClosedCounters(.deadLetters, by: .reason, in: factory)
        self.streams = streams.map { StreamMetrics(stream: $0, factory: factory) }
        eventAge = BridgeMetric.eventAge.recorder(in: factory)
        throttled = BridgeMetric.apiThrottled.counter(in: factory)
        coalesced = ClosedCounters(.eventsCoalesced, by: .kind, in: factory)
        expired = BridgeMetric.requestsExpired.counter(in: factory)
        duplicates = Self.duplicates(factory)
        budget = BudgetMetrics(factory: factory)
        events = EventMetrics(factory: factory)
        mappings = MappingMetrics(factory: factory)
        redis = RedisCommandTimes(factory: factory)
    }

    /// Where it was seen that something had been delivered before. Several may make it: they share their series.
    static func duplicates(_ factory: any MetricsFactory) -> ClosedCounters<String> {
        ClosedCounters(.duplicates, by: .detectedBy, values: ["loops"], in: factory)
    }

    func stream(_ index: Int) -> StreamMetrics { streams[index] }

    func retried(_ reason: String) { retries.increment(reason) }

    func request(_ operation: LoopsAction, _ answer: LoopsResponse, took: Duration) {
        operations[operation]?.request(answer, took: took)
        if answer.outcome == .throttled { throttled.increment() }
        if answer.outcome == .alreadyDelivered { duplicates.increment("loops") }
    }

    /// Counts an end that Redis has confirmed.
    /// - Parameter now: seconds since 1970, for the age of the event.
    func ended(_ end: EntryCompletion, now: Double) {
        streams[end.stream].ended(end.kind)
        mappings.ended(end.mappings, at: now)
        if let kind = end.coalesced { coalesced.increment(kind) }
        if end.expired > 0 { expired.increment(by: end.expired) }
        if case .deadLettered(let faults) = end.kind, let first = faults.first {
            deadLetters.increment(first.reason)
        }
        switch end.kind {
        case .delivered, .deleted: if let occurredAt = end.occurredAt { eventAge.record(max(0, now - occurredAt)) }
        case .ignored, .lost, .expired, .deadLettered: break
        }
    }
}
