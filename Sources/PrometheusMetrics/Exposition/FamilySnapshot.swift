/// One family as a scrape sees it.
struct FamilySnapshot: Sendable {
    struct Series: Sendable {
        let labelValues: [String]
        let value: Value
    }

    enum Value: Sendable {
        case number(Double)
        case histogram(bounds: [Double], HistogramSeries.State)
    }

    /// Without the `_total` of a counter.
    let name: String
    let kind: MetricKind
    let help: String?
    let labelNames: [String]
    /// By label values. Gauges of unknown value are left out.
    let series: [Series]

    init(_ family: MetricFamily) {
        name = family.name
        kind = family.kind
        help = family.help
        labelNames = family.labelNames ?? []
        series = family.series.values
            .compactMap { series -> Series? in
                let value: Value? =
                    switch series {
                    case .counter(let counter): .number(counter.value)
                    case .gauge(let gauge): gauge.value.map(Value.number)
                    case .histogram(let histogram): .histogram(bounds: histogram.bounds, histogram.state)
                    }
                return value.map { Series(labelValues: series.place.labelValues, value: $0) }
            }
            .sorted { $0.labelValues.lexicographicallyPrecedes($1.labelValues) }
    }

    /// Counts by family name that the registry keeps about itself.
    init(counting counts: [String: UInt64], name: String, help: String) {
        self.name = name
        self.kind = .counter
        self.help = help
        self.labelNames = ["family"]
        self.series = counts.sorted { $0.key < $1.key }
            .map { Series(labelValues: [$0.key], value: .number(Double($0.value))) }
    }
}
