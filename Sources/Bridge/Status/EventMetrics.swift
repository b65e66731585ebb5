import MetricCatalog
import Metrics
import Segment

/// What the mappings make of events, counted when an entry is planned. An entry that is read again is counted again.
final class EventMetrics: Sendable {
    /// What became of one event.
    enum Outcome: String, Sendable, CaseIterable {
        /// At least one mapping made a request of it.
        case mapped
        /// Nothing is sent of it, as intended.
        case filtered
        /// A mapping took it and could make no request of it.
        case failed
    }

    /// Why nothing is sent of an event.
    enum Filter: String, Sendable, CaseIterable {
        case noMapping = "no_mapping"
        /// The event's `integrations` switch the destination off.
        case integrations
    }

    private let mapped: [String: ClosedCounters<Outcome>]
    private let unrecognizedEvents: ClosedCounters<EntryLook>
    private let oddEvents: ClosedCounters<EventOddity.Kind>
    private let filtered: ClosedCounters<Filter>

    init(factory: any MetricsFactory) {
        mapped = Dictionary(
            uniqueKeysWithValues: (SegmentEvent.types + ["other"]).map { type in
                (type, ClosedCounters(.eventsMapped, by: .outcome, labels: [(.type, type)], in: factory))
            }
        )
        filtered = ClosedCounters(.eventsFiltered, by: .reason, in: factory)
        unrecognizedEvents = ClosedCounters(.eventsUnrecognized, by: .looksLike, in: factory)
        oddEvents = ClosedCounters(.eventsOdd, by: .what, in: factory)
    }

    func unrecognized(_ look: EntryLook) { unrecognizedEvents.increment(look) }

    func odd(_ kind: EventOddity.Kind) { oddEvents.increment(kind) }

    func planned(_ type: String, _ outcome: Outcome) {
        (mapped[type] ?? mapped["other"])?.increment(outcome)
    }

    func filtered(_ type: String, _ filter: Filter) {
        planned(type, .filtered)
        filtered.increment(filter)
    }
}
