extension Duration {
    /// Whole nanoseconds, capped at what 64 bits hold.
    var nanoseconds: Int64 { whole(unitsPerSecond: 1_000_000_000) }

    /// Whole milliseconds, capped at what 64 bits hold.
    var milliseconds: Int64 { whole(unitsPerSecond: 1000) }

    private func whole(unitsPerSecond: Int64) -> Int64 {
        let parts = components
        let (seconds, overflow) = parts.seconds.multipliedReportingOverflow(by: unitsPerSecond)
        let (sum, sumOverflow) = seconds.addingReportingOverflow(
            parts.attoseconds / (1_000_000_000_000_000_000 / unitsPerSecond)
        )
        guard overflow || sumOverflow else { return sum }
        return parts.seconds < 0 ? .min : .max
    }
}
