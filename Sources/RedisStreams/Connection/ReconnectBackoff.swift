import Support

/// How long to wait before a lost connection is made anew: longer with every failure, until a connection has lasted.
struct ReconnectBackoff {
    private let backoff: Backoff
    private var failures = 0

    init(base: Duration, cap: Duration) {
        backoff = Backoff(base: base, cap: cap)
    }

    /// - Parameters:
    ///   - life: how long the connection lasted; zero when none was made. One that lasted as long as the cap shows that all is well again.
    ///   - random: from 0 to below 1.
    mutating func wait(afterLife life: Duration, random: Double) -> Duration {
        if life >= backoff.cap { failures = 0 }
        defer { failures = min(failures + 1, 20) }
        return backoff.wait(after: failures, random: random)
    }
}

extension Duration {
    /// Whole milliseconds, capped at what 64 bits hold.
    var milliseconds: Int64 {
        let parts = components
        let (seconds, overflow) = parts.seconds.multipliedReportingOverflow(by: 1000)
        let (sum, sumOverflow) = seconds.addingReportingOverflow(parts.attoseconds / 1_000_000_000_000_000)
        guard overflow || sumOverflow else { return sum }
        return parts.seconds < 0 ? .min : .max
    }
}
