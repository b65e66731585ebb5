#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// CPU time of this process, so that a busy machine does not change the result much.
enum Stopwatch {
    struct Failed: Error {
        let name: String
    }

    static let rounds = 9

    /// Microseconds for one call: the median of the rounds.
    static func time(_ name: String, calls: Int = 20_000, _ body: () -> Bool) throws -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            var good = 0
            let began = microseconds
            for _ in 0..<calls where body() { good += 1 }
            times.append((microseconds - began) / Double(calls))
            guard good == calls else { throw Failed(name: name) }
        }
        return median(times)
    }

    static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

    /// User and system time of all threads so far.
    static var microseconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return Double(now.tv_sec) * 1e6 + Double(now.tv_nsec) / 1e3
    }

    /// Prints a time; one without a bar is part of another.
    /// - Returns: whether the bar is met.
    @discardableResult
    static func report(_ name: String, _ time: Double, bar: Double? = nil) -> Bool {
        // Into a file or a pipe too, each result comes when it is there.
        defer { fflush(nil) }
        guard let bar else {
            print("\(name): \(hundredths(time)) µs")
            return true
        }
        print("\(name): \(hundredths(time)) µs (bar \(hundredths(bar)))\(time <= bar ? "" : "  MISSED")")
        return time <= bar
    }

    private static func hundredths(_ value: Double) -> String {
        let text = String(Int((value * 100).rounded()))
        let digits = String(repeating: "0", count: max(0, 3 - text.count)) + text
        return "\(digits.dropLast(2)).\(digits.suffix(2))"
    }
}
