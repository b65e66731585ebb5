#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells the `date` filter what `"now"` and `"today"` are.
package struct LiquidClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let nowMilliseconds: @Sendable () -> Int64

    package init(nowMilliseconds: @escaping @Sendable () -> Int64) {
        self.nowMilliseconds = nowMilliseconds
    }

    /// The system's real-time clock.
    package static let system = LiquidClock {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
