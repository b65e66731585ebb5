/// How long to wait before a lost connection is made anew: up to a ceiling that doubles with every failure, and anything below it (full
/// jitter), so that many clients do not come back at once.
struct ReconnectBackoff {
    let base: Duration
    let cap: Duration
    private var failures = 0

    init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// - Parameters:
    ///   - life: how long the connection lasted; zero when none was made. One that lasted as long as the cap shows that all is well again.
    ///   - random: from 0 to below 1.
    mutating func wait(afterLife life: Duration, random: Double) -> Duration {
        if life >= cap { failures = 0 }
        let ceiling = min(cap, base * Double(1 << failures))
        failures = min(failures + 1, 20)
        return ceiling * random
    }
}
