import CoreMetrics
import Synchronization

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

/// The last value that was set, or nothing: a gauge that nobody has set yet has no sample.
final class GaugeSeries: MeterHandler, RecorderHandler {
    let place: SeriesPlace
    private let current = Mutex<Double?>(nil)

    init(place: SeriesPlace) { self.place = place }

    /// Nil while unknown.
    var value: Double? { current.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { current.withLock { $0 = ($0 ?? 0) + amount } }
    func decrement(by amount: Double) { increment(by: -amount) }

    /// The value is not known any more: the sample vanishes until the next set.
    func forget() { current.withLock { $0 = nil } }
}

/// Observations counted by bucket. Timers observe seconds.
///
/// Values that are not finite are ignored: one NaN would make the sum useless for ever.
final class HistogramSeries: RecorderHandler, TimerHandler {
    struct State: Sendable {
        /// Observations per bucket, not cumulative; the last bucket is above all bounds.
        var counts: [UInt64]
        var sum = 0.0
    }

    let place: SeriesPlace
    /// Inclusive upper bounds, ascending.
    let bounds: [Double]
    private let observed: Mutex<State>

    init(place: SeriesPlace, bounds: [Double]) {
        self.place = place
        self.bounds = bounds
        observed = Mutex(State(counts: [UInt64](repeating: 0, count: bounds.count + 1)))
    }

    var state: State { observed.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        observed.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
