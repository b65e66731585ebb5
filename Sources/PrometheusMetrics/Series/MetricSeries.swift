/// Where a series belongs.
struct SeriesPlace: Sendable, Equatable {
    let family: String
    /// In the order of the family's label names.
    let labelValues: [String]
}

/// One series of any kind; the object inside is the swift-metrics handler that records into it.
enum MetricSeries: Sendable {
    case counter(CounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)

    var place: SeriesPlace {
        switch self {
        case .counter(let series): series.place
        case .gauge(let series): series.place
        case .histogram(let series): series.place
        }
    }

    var identity: ObjectIdentifier {
        switch self {
        case .counter(let series): ObjectIdentifier(series)
        case .gauge(let series): ObjectIdentifier(series)
        case .histogram(let series): ObjectIdentifier(series)
        }
    }
}
