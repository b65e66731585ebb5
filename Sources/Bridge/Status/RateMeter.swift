/// How often something happens, over the last seconds.
///
/// A value: instants go in, a rate comes out. Keeps one number a second, so its size does not depend on the rate.
package struct RateMeter: Sendable {
    /// The seconds that a rate looks back.
    static let window = 10

    private let origin: ContinuousClock.Instant
    /// One count a second, the running one included.
    private var counts = [Int](repeating: 0, count: window + 1)
    /// The second that was counted last, from the origin.
    private var second = 0

    package init(origin: ContinuousClock.Instant) {
        self.origin = origin
    }

    package mutating func count(_ number: Int = 1, now: ContinuousClock.Instant) {
        advance(to: now)
        counts[second % counts.count] += number
    }

    /// A second's worth, as the last ten seconds had it; nil in the first second, which says too little.
    package func rate(now: ContinuousClock.Instant) -> Double? {
        var current = self
        current.advance(to: now)
        let age = (now - origin) / .seconds(1)
        guard age >= 1 else { return nil }
        let span = min(age, Double(Self.window) + age - age.rounded(.down))
        return Double(current.counts.reduce(0, +)) / span
    }

    private mutating func advance(to now: ContinuousClock.Instant) {
        let current = max(second, Int((now - origin) / .seconds(1)))
        for passed in (second + 1)..<max(second + 1, min(current, second + counts.count) + 1) {
            counts[passed % counts.count] = 0
        }
        second = current
    }
}
