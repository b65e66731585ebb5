extension Int64 {
    /// The nearest whole number towards 0: what is no number becomes 0, and what is too large the largest there is. For numbers that others
    /// sent, which may be anything.
    package init(saturating value: Double) {
        self = value.isNaN ? 0 : value >= 0x1p63 ? .max : value <= -0x1p63 ? .min : Int64(value)
    }
}
