import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The program was asked to end, and stops where it can say how to go on.
struct EndRequest: Error {
    /// SIGINT or SIGTERM.
    let signal: Int32

    private static let asked = Atomic<Int32>(0)
    /// When that was, in seconds.
    private static let askedAt = Atomic<Int>(0)

    /// From now on the first SIGINT or SIGTERM only asks; another one, a second or more later, ends the program at once. Programs that start others pass
    /// one Ctrl-C on to those that have it already.
    static func listen() {
        // Made here: a handler of signals may not.
        asked.store(0, ordering: .relaxed)
        askedAt.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            #if canImport(Darwin)
                _ = Darwin.signal(number) { EndRequest.take($0) }
            #elseif canImport(Musl)
                _ = Musl.signal(number) { EndRequest.take($0) }
            #else
                _ = Glibc.signal(number) { EndRequest.take($0) }
            #endif
        }
    }

    private static func take(_ number: Int32) {
        let now = Int(time(nil))
        if asked.exchange(number, ordering: .relaxed) == 0 {
            askedAt.store(now, ordering: .relaxed)
        } else if now > askedAt.load(ordering: .relaxed) + 1 {
            _exit(128 + number)
        }
    }

    /// - Throws: itself, when the program was asked.
    static func check() throws(EndRequest) {
        let number = asked.load(ordering: .relaxed)
        if number != 0 { throw EndRequest(signal: number) }
    }

    /// Waits, and throws itself when the program is asked to end meanwhile.
    static func sleep(until instant: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < instant {
            try check()
            try await Task.sleep(until: min(instant, .now + .milliseconds(200)))
        }
    }
}
