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

    private let mapped: [String: ClosedCounters]
    private let unrecognizedEvents: ClosedCounters
    private let oddEvents: ClosedCounters
    private let filtered: ClosedCounters

    init(factory: any MetricsFactory) {
        mapped = Dictionary(
            uniqueKeysWithValues: (SegmentEvent.types + ["other"]).map { type in
                let counters = ClosedCounters(
                    "events_mapped_total",
                    label: "outcome",
                    values: Outcome.allCases.map(\.rawValue),
                    dimensions: [("type", type)],
                    factory: factory
                )
                return (type, counters)
            }
        )
        filtered = ClosedCounters(
            "events_filtered_total",
            label: "reason",
            values: Filter.allCases.map(\.rawValue),
            factory: factory
        )
        unrecognizedEvents = ClosedCounters(
            "events_unrecognized_total",
            label: "looks_like",
            values: EntryLook.allCases.map(\.rawValue),
            factory: factory
        )
        oddEvents = ClosedCounters(
            "events_odd_total",
            label: "what",
            values: EventOddity.Kind.allCases.map(\.rawValue),
            factory: factory
        )
    }

    func unrecognized(_ look: EntryLook) { unrecognizedEvents.increment(look.rawValue) }

    func odd(_ kind: EventOddity.Kind) { oddEvents.increment(kind.rawValue) }

    func planned(_ type: String, _ outcome: Outcome) {
        (mapped[type] ?? mapped["other"])?.increment(outcome.rawValue)
    }

    func filtered(_ type: String, _ filter: Filter) {
        planned(type, .filtered)
        filtered.increment(filter.rawValue)
    }
}
