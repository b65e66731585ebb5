/// How fast events leave, where that is limited (`--rate`).
///
/// A value: instants go in, instants come out. What was missed while Redis did not answer is not made up for.
struct PublishPace {
    static let rates = 0.01...1_000_000

    /// Events a second.
    let rate: Double
    private var free: ContinuousClock.Instant?

    init(rate: Double) { self.rate = rate }

    /// Events that leave together: a tenth of a second's, so that a small rate is no row of bursts.
    func batch(atMost most: Int) -> Int { Int(min(Double(most), max(1, rate / 10))) }

    /// Reserves the turn of some events.
    /// - Returns: when they may leave.
    mutating func turn(of count: Int, now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let turn = max(free ?? now, now)
        free = turn + .seconds(Double(count) / rate)
        return turn
    }
}
