#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of day, for what people read: letters' dates and events' ages. No decision about order or ownership uses it.
enum WallClock {
    static var secondsSince1970: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
