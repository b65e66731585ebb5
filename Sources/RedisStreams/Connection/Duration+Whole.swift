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
