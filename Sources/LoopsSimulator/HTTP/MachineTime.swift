import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The two clocks of the machine; only the shell reads them.
enum MachineTime {
    /// Nanoseconds of a clock that never goes back.
    static var monotonic: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    /// Nanoseconds since 1970.
    static var wall: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
