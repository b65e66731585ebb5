import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Metrics from many tasks")
struct ConcurrencyTests {
    @Test("nothing that was recorded is lost, while others make, destroy and scrape")
    func manyTasks() async {
        let registry = MetricRegistry(descriptions: [
            MetricDescription(name: "d", help: "D.", kind: .histogram, buckets: [1])
        ])
        let factory = PrometheusMetricsFactory(registry: registry)
        let shared = Counter(label: "shared", factory: factory)
        await withTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    for step in 0..<500 {
                        shared.increment()
                        Counter(label: "own", dimensions: [("task", "\(task)")], factory: factory).increment()
                        FloatingPointCounter(label: "half", factory: factory).increment(by: 0.5)
                        Recorder(label: "d", factory: factory).record(step % 2 == 0 ? 0 : 2)
                        Meter(label: "m", factory: factory).increment(by: 1)
                        let gauge = Gauge(label: "g", dimensions: [("task", "\(task)")], factory: factory)
                        gauge.record(step)
                        gauge.destroy()
                        if step % 100 == 0 { _ = registry.exposition(.openMetrics) }
                    }
                }
            }
        }
        let lines = registry.exposition().split(separator: "\n").filter { !$0.hasPrefix("#") }
        let expected =
            [
                "d_bucket{le=\"1\"} 4000", "d_bucket{le=\"+Inf\"} 8000", "d_sum 8000", "d_count 8000",
                "half_total 4000", "m 8000",
            ]
            + (0..<16).map(String.init).sorted().map { "own_total{task=\"\($0)\"} 500" } + ["shared_total 8000"]
        #expect(lines.map(String.init) == expected)
    }
}
