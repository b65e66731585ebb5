import BridgeService
import JSON
import MetricCatalog
import PrometheusMetrics

/// `deploy/metrics.json`: the metrics that the program declares, for what checks dashboards, alerts and documentation.
struct MetricsFile {
    let metrics: [BridgeMetric]

    var text: String {
        let list = metrics.map { metric -> JSONValue in
            [
                "name": .string(metric.description.name),
                "kind": .string(metric.description.kind.rawValue),
                "labels": .array((metric.description.labelNames ?? []).map { .string($0) }),
                // "group": the same from every replica.
                "scope": metric.isOfGroup ? "group" : "replica",
                "help": .string(metric.description.help),
            ]
        }
        return String(decoding: JSONValue.array(list).serialized(pretty: true), as: UTF8.self) + "\n"
    }
}
