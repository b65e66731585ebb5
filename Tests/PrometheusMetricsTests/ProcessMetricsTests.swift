import CoreMetrics
import Synchronization
import Testing

@testable import PrometheusMetrics

@Suite("Process metrics")
struct ProcessMetricsTests {
    private static let stat =
        "4711 (loops (a) b) S 1 4711 4711 0 -1 4194560 9000 0 3 0 250 50 0 0 20 0 5 0 123456 90000000 2048 184467 1 1 0"
    private static let limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max stack size            8388608              unlimited            bytes
        Max open files            1024                 1048576              files
        """

    @Test("reads the texts of procfs")
    func reading() {
        let reading = ProcessReading(
            stat: Self.stat,
            systemStat: "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n",
            limits: Self.limits,
            openFiles: 12,
            ticksPerSecond: 100,
            pageBytes: 4096
        )
        #expect(
            reading
                == ProcessReading(
                    cpuSeconds: 3,
                    residentBytes: 8_388_608,
                    virtualBytes: 90_000_000,
                    threads: 5,
                    openFiles: 12,
                    maxFiles: 1024,
                    startSeconds: 1_700_001_234.56
                )
        )
    }

    @Test(
        "leaves unknown what is not there",
        arguments: [nil, "", "1 (x", "1 (x) S", ")", "1 (x) S a b c d e f g h i j k l"]
    )
    func unknown(text: String?) {
        let reading = ProcessReading(
            stat: text,
            systemStat: text,
            limits: text.map { _ in "Max open files            unlimited" },
            openFiles: nil,
            ticksPerSecond: 100,
            pageBytes: 4096
        )
        #expect(reading == ProcessReading())
    }

    @Test("are refreshed before each scrape; what becomes unknown vanishes, and CPU time never falls")
    func scrape() {
        let readings = Mutex([
            ProcessReading(
                cpuSeconds: 1.5,
                residentBytes: 4096,
                threads: 9,
                openFiles: 7,
                maxFiles: 1024,
                startSeconds: 1e9
            ),
            ProcessReading(cpuSeconds: 1.25, residentBytes: 8192, maxFiles: nil, startSeconds: 1e9),
        ])
        let registry = MetricRegistry()
        ProcessMetrics.install(in: registry) {
            readings.withLock { $0.isEmpty ? ProcessReading() : $0.removeFirst() }
        }
        func samples() -> [String] {
            registry.exposition().split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        }
        #expect(
            samples() == [
                "process_cpu_seconds_total 1.5", "process_max_fds 1024", "process_open_fds 7",
                "process_resident_memory_bytes 4096", "process_start_time_seconds 1000000000", "process_threads 9",
            ]
        )
        #expect(
            samples() == [
                "process_cpu_seconds_total 1.5", "process_resident_memory_bytes 8192",
                "process_start_time_seconds 1000000000",
            ]
        )
    }

    @Test("of this process are plausible")
    func thisProcess() {
        let reading = ProcessFiles.reading()
        #if os(Linux)
            #expect((reading.residentBytes ?? 0) > 1_000_000)
            #expect((reading.openFiles ?? 0) >= 3)
            #expect((reading.startSeconds ?? 0) > 1_600_000_000)
            #expect(reading.cpuSeconds != nil)
        #else
            #expect(reading.residentBytes == nil)
        #endif
    }

    @Test("a hook sees its gauges in the same scrape")
    func hook() {
        let registry = MetricRegistry()
        let gauge = Gauge(label: "g", factory: PrometheusMetricsFactory(registry: registry))
        let scrapes = Atomic(0)
        registry.onScrape { gauge.record(scrapes.wrappingAdd(1, ordering: .relaxed).newValue) }
        #expect(registry.exposition() == "# TYPE g gauge\ng 1\n")
        #expect(registry.exposition() == "# TYPE g gauge\ng 2\n")
    }

    @Test("do not keep their registry alive")
    func release() {
        var registry: MetricRegistry? = MetricRegistry()
        weak let released = registry
        if let registry { ProcessMetrics.install(in: registry) }
        registry = nil
        #expect(released == nil)
    }
}
