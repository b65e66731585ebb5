import Glibc

/// What this process has used.
struct Usage {
    var microseconds: Int
    var peakKilobytes: Int

    static var now: Usage {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        return Usage(
            microseconds: times.reduce(0) { $0 + $1.tv_sec * 1_000_000 + $1.tv_usec },
            peakKilobytes: usage.ru_maxrss
        )
    }
}
