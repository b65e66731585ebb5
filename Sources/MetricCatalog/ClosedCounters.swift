package import Metrics

/// Counters of one metric, one for each value of a label whose values are a closed set.
package struct ClosedCounters<Value: Hashable & Sendable>: Sendable {
    private let counters: [Value: Counter]

    /// - Parameter labels: the metric's other labels.
    package init(
        _ metric: BridgeMetric,
        by label: MetricLabel,
        values: [Value],
        text: (Value) -> String,
        labels: BridgeMetric.Labels = [],
        in factory: any MetricsFactory
    ) {
        counters = Dictionary(
            values.map { ($0, metric.counter(labels + [(label, text($0))], in: factory)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    package func increment(_ value: Value, by amount: Int = 1) { counters[value]?.increment(by: amount) }
}

extension ClosedCounters where Value: CaseIterable & RawRepresentable<String> {
    package init(
        _ metric: BridgeMetric,
        by label: MetricLabel,
        labels: BridgeMetric.Labels = [],
        in factory: any MetricsFactory
    ) {
        self.init(metric, by: label, values: Array(Value.allCases), text: \.rawValue, labels: labels, in: factory)
    }
}

extension ClosedCounters<String> {
    package init(
        _ metric: BridgeMetric,
        by label: MetricLabel,
        values: [String],
        labels: BridgeMetric.Labels = [],
        in factory: any MetricsFactory
    ) {
        self.init(metric, by: label, values: values, text: { $0 }, labels: labels, in: factory)
    }
}
