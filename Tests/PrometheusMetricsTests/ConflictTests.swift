import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Metric conflicts and limits")
struct ConflictTests {
    private static func lines(_ registry: MetricRegistry) -> [String] {
        registry.exposition().split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test("another kind, other labels, or a name inside a histogram: the first wins, the others are counted")
    func firstWins() {
        let registry = MetricRegistry(descriptions: [
            MetricDescription(name: "h", help: "H.", kind: .histogram, buckets: [], labelNames: []),
            MetricDescription(name: "h", help: "Again.", kind: .histogram),
        ])
        let factory = PrometheusMetricsFactory(registry: registry)
        Counter(label: "c", dimensions: [("a", "1")], factory: factory).increment()
        Counter(label: "c", dimensions: [("b", "1")], factory: factory).increment()
        Counter(label: "c", factory: factory).increment()
        Gauge(label: "c", factory: factory).record(1)
        Gauge(label: "c_total", factory: factory).record(1)
        Meter(label: "h", factory: factory).set(1)
        Counter(label: "h", factory: factory).increment()
        Gauge(label: "h_count", factory: factory).record(1)
        Recorder(label: "h", dimensions: [("a", "1")], factory: factory).record(1)
        Recorder(label: "h", factory: factory).record(2)
        FloatingPointCounter(label: "metrics_conflicts", factory: factory).increment(by: 1)
        CoreMetrics.Timer(label: "c_total", factory: factory).recordSeconds(1)
        #expect(
            Self.lines(registry) == [
                "c_total{a=\"1\"} 1", "h_bucket{le=\"+Inf\"} 1", "h_sum 2", "h_count 1",
                "metrics_conflicts_total{family=\"c\"} 3", "metrics_conflicts_total{family=\"c_total\"} 2",
                "metrics_conflicts_total{family=\"h\"} 4", "metrics_conflicts_total{family=\"h_count\"} 1",
                "metrics_conflicts_total{family=\"metrics_conflicts\"} 1",
            ]
        )
    }

    @Test("label values beyond the limit share one series and are counted")
    func overflow() {
        let registry = MetricRegistry(limits: .init(seriesPerFamily: 2))
        let factory = PrometheusMetricsFactory(registry: registry)
        let counters = (0..<5).map { number in
            Counter(label: "c", dimensions: [("a", "\(number)"), ("b", "x")], factory: factory)
        }
        for counter in counters { counter.increment() }
        counters[4].destroy()
        counters[1].destroy()
        Counter(label: "c", dimensions: [("a", "9"), ("b", "x")], factory: factory).increment(by: 10)
        #expect(
            Self.lines(registry) == [
                "c_total{a=\"0\",b=\"x\"} 1", "c_total{a=\"other\",b=\"other\"} 13",
                "metrics_label_overflow_total{family=\"c\"} 4",
            ]
        )
    }

    @Test("names beyond the limit record nothing and are counted, also beyond the limit of counting")
    func familiesLimit() {
        let registry = MetricRegistry(limits: .init(families: 2, seriesPerFamily: 2))
        let factory = PrometheusMetricsFactory(registry: registry)
        for name in ["a", "b", "c", "d", "e", "f", "c"] { Counter(label: name, factory: factory).increment() }
        #expect(
            Self.lines(registry) == [
                "a_total 1", "b_total 1", "metrics_conflicts_total{family=\"c\"} 2",
                "metrics_conflicts_total{family=\"d\"} 1", "metrics_conflicts_total{family=\"other\"} 2",
            ]
        )
    }

    @Test("a long label value is cut between characters")
    func labelValueLimit() {
        let registry = MetricRegistry(limits: .init(labelValueBytes: 4))
        let factory = PrometheusMetricsFactory(registry: registry)
        for value in ["abcd", "abcde", "aaéé", "aaaé"] {
            Counter(label: "c", dimensions: [("a", value)], factory: factory).increment()
        }
        #expect(Self.lines(registry) == ["c_total{a=\"aaa\"} 1", "c_total{a=\"aaé\"} 1", "c_total{a=\"abcd\"} 2"])
    }
}
