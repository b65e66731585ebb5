#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How many files and connections the process may have open, and how many of them are the admin port's.
package enum OpenFiles {
    /// The most that is asked for: a child process may close as many before it begins.
    static let most = 65_536

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    /// Raises the soft limit to the hard one.
    /// - Returns: what is allowed now; nil when the system does not say.
    package static func raiseLimit() -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        let wanted = min(limit.rlim_max, rlim_t(most))
        if limit.rlim_cur < wanted {
            var raised = rlimit(rlim_cur: wanted, rlim_max: limit.rlim_max)
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many connections the admin port may have, so that enough is left for the others.
    /// - Parameters:
    ///   - files: what is allowed; nil for unknown.
    ///   - requests: the most requests to Loops at once.
    static func adminConnections(files: Int?, requests: Int, streams: Int) -> Int {
        guard let files else { return AdminConnections.most }
        // Threads' queues, logs, files that are read, and connections to Redis: some for each stream.
        let others = 64 + requests + 8 * streams + AdminConnections.reserve
        return min(AdminConnections.most, max(8, files - others))
    }
}
