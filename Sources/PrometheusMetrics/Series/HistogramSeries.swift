import CoreMetrics
import Synchronization

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
