import CoreMetrics
import Synchronization

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
