import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Metrics factory")
struct FactoryTests {
    private let registry = MetricRegistry()
    private var factory: PrometheusMetricsFactory { PrometheusMetricsFactory(registry: registry) }

    @Test("shares a series between instruments of the same name and labels, whatever the order of the labels")
    func shared() {
        Counter(label: "x", dimensions: [("a", "1"), ("b", "2")], factory: factory).increment()
        Counter(label: "x_total", dimensions: [("b", "2"), ("a", "1")], factory: factory).increment(by: 2)
        FloatingPointCounter(label: "x", dimensions: [("a", "1"), ("b", "2")], factory: factory).increment(by: 0.5)
        #expect(registry.exposition() == "# TYPE x_total counter\nx_total{a=\"1\",b=\"2\"} 3.5\n")
    }

    @Test("a counter ignores what would make it fall, and can be reset")
    func counter() {
        let counter = Counter(label: "x", factory: factory)
        let fractional = FloatingPointCounter(label: "x", factory: factory)
        counter.increment(by: 2)
        counter.increment(by: -5)
        for amount in [-1.0, .nan, .infinity, 0.5] { fractional.increment(by: amount) }
        #expect(registry.exposition() == "# TYPE x_total counter\nx_total 2.5\n")
        counter.reset()
        #expect(registry.exposition() == "# TYPE x_total counter\nx_total 0\n")
    }

    @Test("a timer observes seconds and ignores its display unit")
    func timer() {
        let registry = MetricRegistry(descriptions: [
            MetricDescription(name: "t", help: "T.", kind: .histogram, buckets: [0.1])
        ])
        let timer = CoreMetrics.Timer(
            label: "t",
            preferredDisplayUnit: .milliseconds,
            factory: PrometheusMetricsFactory(registry: registry)
        )
        timer.recordMilliseconds(50)
        timer.recordSeconds(2)
        let expected = """
            # HELP t T.
            # TYPE t histogram
            t_bucket{le="0.1"} 1
            t_bucket{le="+Inf"} 2
            t_sum 2.05
            t_count 2

            """
        #expect(registry.exposition() == expected)
    }

    @Test("a histogram without buckets of its own has those for seconds, and ignores what is not finite")
    func defaultBuckets() {
        let recorder = Recorder(label: "h", factory: factory)
        recorder.record(Double.nan)
        recorder.record(Double.infinity)
        recorder.record(10)
        let text = registry.exposition()
        #expect(text.split(separator: "\n").count == 1 + MetricDescription.defaultBuckets.count + 1 + 2)
        #expect(
            text.hasSuffix(
                "h_bucket{le=\"5\"} 0\nh_bucket{le=\"10\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 10\nh_count 1\n"
            )
        )
    }

    @Test("a gauge that nobody set has no sample, and loses it when destroyed")
    func unknownGauge() {
        let gauge = Gauge(label: "g", dimensions: [("stream", "a")], factory: factory)
        #expect(registry.exposition() == "")
        gauge.record(0)
        #expect(registry.exposition() == "# TYPE g gauge\ng{stream=\"a\"} 0\n")
        gauge.destroy()
        #expect(registry.exposition() == "")
        gauge.record(1)
        #expect(registry.exposition() == "")
        Gauge(label: "g", dimensions: [("stream", "a")], factory: factory).record(2)
        #expect(registry.exposition() == "# TYPE g gauge\ng{stream=\"a\"} 2\n")
    }

    @Test("a late destroy does not remove the series that came after")
    func lateDestroy() {
        let old = Gauge(label: "g", factory: factory)
        old.destroy()
        Gauge(label: "g", factory: factory).record(3)
        old.destroy()
        #expect(registry.exposition() == "# TYPE g gauge\ng 3\n")
    }

    @Test("destroys every kind")
    func destroy() {
        let counter = Counter(label: "a", factory: factory)
        let fractional = FloatingPointCounter(label: "b", factory: factory)
        let meter = Meter(label: "c", factory: factory)
        let recorder = Recorder(label: "d", factory: factory)
        let timer = CoreMetrics.Timer(label: "e", factory: factory)
        meter.set(1)
        #expect(registry.exposition().split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.count == 5)
        counter.destroy()
        fractional.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        #expect(registry.exposition() == "")
    }

    @Test("a meter goes up and down from nothing")
    func meter() {
        let meter = Meter(label: "m", factory: factory)
        meter.increment(by: 2.5)
        meter.decrement()
        #expect(registry.exposition() == "# TYPE m gauge\nm 1.5\n")
        meter.set(7)
        #expect(registry.exposition() == "# TYPE m gauge\nm 7\n")
    }

    @Test(
        "makes foreign names and labels legal",
        arguments: [
            ("hb.requests", "hb.method", "hb_requests_total{hb_method=\"v\"} 0"),
            ("9lives", "9", "_9lives_total{_9=\"v\"} 0"), ("é-x y", "a-b", "__x_y_total{a_b=\"v\"} 0"),
            ("", "", "__total{_=\"v\"} 0"), ("a:b", "a:b", "a:b_total{a_b=\"v\"} 0"),
            ("_total", "le", "_total_total{le_=\"v\"} 0"),
            ("x", "__name__", "x_total{_name__=\"v\"} 0"),
        ]
    )
    func legalNames(name: String, label: String, sample: String) {
        _ = Counter(label: name, dimensions: [(label, "v")], factory: factory)
        #expect(registry.exposition().split(separator: "\n").last.map(String.init) == sample)
    }

    @Test("keeps the first of labels that become the same")
    func sameLabels() {
        Gauge(label: "g", dimensions: [("a.b", "1"), ("a_b", "2")], factory: factory).record(1)
        #expect(registry.exposition() == "# TYPE g gauge\ng{a_b=\"1\"} 1\n")
    }
}
