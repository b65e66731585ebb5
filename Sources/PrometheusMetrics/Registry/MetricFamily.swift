/// All series of one name.
struct MetricFamily: Sendable {
    let name: String
    let kind: MetricKind
    let help: String?
    let buckets: [Double]
    /// Ascending; nil until a description or the first instrument decides them.
    private(set) var labelNames: [String]?
    private(set) var series: [[String]: MetricSeries] = [:]
    /// The label values of the series that takes what is beyond the limit, once there is one.
    private var overflowValues: [String]?

    /// Where a request for a series ended.
    enum Lookup {
        case found(MetricSeries)
        /// The shared series: there are too many others.
        case overflowed(MetricSeries)
        /// Another set of label names was first.
        case conflict
    }

    init(name: String, kind: MetricKind, help: String? = nil, buckets: [Double]? = nil, labelNames: [String]? = nil) {
        self.name = name
        self.kind = kind
        self.help = help
        self.buckets = Self.usable(buckets ?? MetricDescription.defaultBuckets)
        self.labelNames = labelNames.map { Set($0.map(MetricName.label)).sorted() }
        if kind == .counter, self.labelNames == [] { _ = makeSeries([]) }
    }

    mutating func lookup(_ labels: [(name: String, value: String)], seriesMax: Int) -> Lookup {
        let names = labels.map(\.name)
        guard names == labelNames ?? names else { return .conflict }
        labelNames = names
        let values = labels.map(\.value)
        if let existing = series[values] { return .found(existing) }
        guard series.count >= max(1, seriesMax) else { return .found(makeSeries(values)) }
        let others = values.map { _ in "other" }
        overflowValues = others
        return .overflowed(series[others] ?? makeSeries(others))
    }

    /// Forgets a series, unless it is shared by all that overflowed.
    mutating func remove(_ removed: MetricSeries) {
        let values = removed.place.labelValues
        if values != overflowValues, series[values]?.identity == removed.identity { series[values] = nil }
    }

    private mutating func makeSeries(_ values: [String]) -> MetricSeries {
        let place = SeriesPlace(family: name, labelValues: values)
        let made: MetricSeries =
            switch kind {
            case .counter: .counter(CounterSeries(place: place))
            case .gauge: .gauge(GaugeSeries(place: place))
            case .histogram: .histogram(HistogramSeries(place: place, bounds: buckets))
            }
        series[values] = made
        return made
    }

    private static func usable(_ bounds: [Double]) -> [Double] {
        Set(bounds.filter(\.isFinite)).sorted()
    }
}
