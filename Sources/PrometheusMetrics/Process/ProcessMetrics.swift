/// The metrics that every Prometheus client has about its process, under their usual names.
///
/// Read at each scrape; what cannot be read has no sample.
package enum ProcessMetrics {
    static let descriptions: [MetricDescription] = [
        MetricDescription(
            name: "process_cpu_seconds_total",
            help: "User and system CPU time of the process in seconds.",
            kind: .counter
        ),
        MetricDescription(
            name: "process_resident_memory_bytes",
            help: "Resident memory of the process in bytes.",
            kind: .gauge,
            labelNames: []
        ),
        MetricDescription(
            name: "process_virtual_memory_bytes",
            help: "Virtual memory of the process in bytes.",
            kind: .gauge,
            labelNames: []
        ),
        MetricDescription(
            name: "process_threads",
            help: "Threads of the process.",
            kind: .gauge,
            labelNames: []
        ),
        MetricDescription(
            name: "process_open_fds",
            help: "Open file descriptors.",
            kind: .gauge,
            labelNames: []
        ),
        MetricDescription(
            name: "process_max_fds",
            help: "Limit of open file descriptors.",
            kind: .gauge,
            labelNames: []
        ),
        MetricDescription(
            name: "process_start_time_seconds",
            help: "Start of the process in seconds since 1970.",
            kind: .gauge,
            labelNames: []
        ),
    ]

    /// Describes the metrics in `registry` and refreshes them before each scrape.
    package static func install(in registry: MetricRegistry) {
        install(in: registry, reading: ProcessFiles.reading)
    }

    static func install(in registry: MetricRegistry, reading: @escaping @Sendable () -> ProcessReading) {
        registry.describe(descriptions)
        registry.onScrape { [weak registry] in
            guard let registry else { return }
            record(reading(), in: registry)
        }
    }

    private static func record(_ reading: ProcessReading, in registry: MetricRegistry) {
        if let seconds = reading.cpuSeconds,
            case .counter(let counter) = registry.series(.counter, label: "process_cpu_seconds_total")
        {
            counter.advance(to: seconds)
        }
        set("process_resident_memory_bytes", reading.residentBytes, in: registry)
        set("process_virtual_memory_bytes", reading.virtualBytes, in: registry)
        set("process_threads", reading.threads, in: registry)
        set("process_open_fds", reading.openFiles, in: registry)
        set("process_max_fds", reading.maxFiles, in: registry)
        set("process_start_time_seconds", reading.startSeconds, in: registry)
    }

    private static func set(_ name: String, _ value: Double?, in registry: MetricRegistry) {
        guard case .gauge(let gauge) = registry.series(.gauge, label: name) else { return }
        if let value { gauge.set(value) } else { gauge.forget() }
    }
}
