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

    private static let types = ["identify", "track", "page", "screen", "group", "alias"]

    private let mapped: [String: ClosedCounters]
    private let filtered: ClosedCounters

    init(factory: any MetricsFactory) {
        mapped = Dictionary(
            uniqueKeysWithValues: (Self.types + ["other"]).map { type in
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
    }

    func planned(_ type: String, _ outcome: Outcome) {
        (mapped[type] ?? mapped["other"])?.increment(outcome.rawValue)
    }

    func filtered(_ type: String, _ filter: Filter) {
        planned(type, .filtered)
        filtered.increment(filter.rawValue)
    }
}
