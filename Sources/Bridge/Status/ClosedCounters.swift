import Metrics

/// A counter whose one label takes a closed set of values.
struct ClosedCounters: Sendable {
    private let counters: [String: Counter]

    init(
        _ name: String,
        label: String,
        values: [String],
        dimensions: [(String, String)] = [],
        factory: any MetricsFactory
    ) {
        counters = Dictionary(
            values.map { value in
                (
                    value,
                    Counter(
                        label: BridgeMetrics.prefix + name,
                        dimensions: dimensions + [(label, value)],
                        factory: factory
                    )
                )
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func increment(_ value: String, by amount: Int = 1) { counters[value]?.increment(by: amount) }
}
