package import Metrics
package import PrometheusMetrics

/// A metric of the bridge: the one place where its name, help, kind, labels and scope stand. The instruments, the exposition, `deploy/metrics.json`
/// and what is held against that are made from it; what is not declared does not compile.
package struct BridgeMetric: Sendable {
    package let description: MetricDescription
    /// Whether every replica shows the same value, that of the group: `max()`, never `sum()`.
    package let isOfGroup: Bool

    package var name: String { description.name }

    /// Every metric of the bridge.
    package static let all = flow + api + budget + backlog + ownership + failures + others

    static func counter(_ name: String, _ help: String, _ labels: [MetricLabel]) -> BridgeMetric {
        .init(name, help, .counter, labels)
    }

    static func gauge(_ name: String, _ help: String, _ labels: [MetricLabel]) -> BridgeMetric {
        .init(name, help, .gauge, labels)
    }

    static func groupGauge(_ name: String, _ help: String, _ labels: [MetricLabel]) -> BridgeMetric {
        .init(name, help + " Use max() over replicas.", .gauge, labels, isOfGroup: true)
    }

    static func histogram(
        _ name: String,
        _ help: String,
        _ labels: [MetricLabel],
        buckets: [Double]? = nil
    ) -> BridgeMetric {
        .init(name, help, .histogram, labels, buckets: buckets)
    }

    private init(
        _ name: String,
        _ help: String,
        _ kind: MetricKind,
        _ labels: [MetricLabel],
        buckets: [Double]? = nil,
        isOfGroup: Bool = false
    ) {
        description = MetricDescription(
            name: "loops_bridge_" + name,
            help: help,
            kind: kind,
            buckets: buckets,
            labelNames: labels.map(\.rawValue)
        )
        self.isOfGroup = isOfGroup
    }
}

/// The instruments. Each takes a value for every label that is declared.
extension BridgeMetric {
    package typealias Labels = [(MetricLabel, String)]

    package func counter(_ labels: Labels = [], in factory: any MetricsFactory) -> Counter {
        Counter(label: description.name, dimensions: dimensions(labels, .counter), factory: factory)
    }

    package func gauge(_ labels: Labels = [], in factory: any MetricsFactory) -> Gauge {
        Gauge(label: description.name, dimensions: dimensions(labels, .gauge), factory: factory)
    }

    /// Of durations.
    package func timer(_ labels: Labels = [], in factory: any MetricsFactory) -> Metrics.Timer {
        Metrics.Timer(label: description.name, dimensions: dimensions(labels, .histogram), factory: factory)
    }

    /// Of seconds.
    package func recorder(_ labels: Labels = [], in factory: any MetricsFactory) -> Recorder {
        Recorder(
            label: description.name,
            dimensions: dimensions(labels, .histogram),
            aggregate: true,
            factory: factory
        )
    }

    private func dimensions(_ labels: Labels, _ kind: MetricKind) -> [(String, String)] {
        assert(description.kind == kind, "\(description.name) is a \(description.kind)")
        assert(
            labels.map(\.0.rawValue).sorted() == description.labelNames?.sorted(),
            "\(description.name) has other labels"
        )
        return labels.map { ($0.rawValue, $1) }
    }
}

extension MetricDescription {
    /// What the exposition says of every metric of the bridge.
    package static let bridge: [MetricDescription] = BridgeMetric.all.map(\.description)
}
