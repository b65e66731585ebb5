import CoreMetrics
import Synchronization

/// A sum that only grows. Whole and fractional amounts may be mixed.
///
/// Amounts that are negative or not finite are ignored: a counter never falls but by a reset.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    let place: SeriesPlace
    /// Whole amounts, by far the most frequent, cost one atomic addition.
    private let whole = Atomic<UInt64>(0)
    /// The bits of a `Double`.
    private let fractional = Atomic<UInt64>(0)

    init(place: SeriesPlace) { self.place = place }

    var value: Double {
        Double(whole.load(ordering: .relaxed)) + Double(bitPattern: fractional.load(ordering: .relaxed))
    }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        update { $0 + amount }
    }

    /// Raises the fractional part to a total that is counted elsewhere, as the CPU time of the process is.
    func advance(to total: Double) {
        update { max($0, total) }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0, ordering: .relaxed)
    }

    private func update(_ change: (Double) -> Double) {
        var seen = fractional.load(ordering: .relaxed)
        while true {
            let next = change(Double(bitPattern: seen)).bitPattern
            let (isExchanged, original) = fractional.weakCompareExchange(
                expected: seen,
                desired: next,
                ordering: .relaxed
            )
            if isExchanged { return }
            seen = original
        }
    }
}
