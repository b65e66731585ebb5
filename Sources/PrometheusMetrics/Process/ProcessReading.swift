/// What the kernel says about this process; nil where it did not say.
struct ProcessReading: Sendable, Equatable {
    var cpuSeconds: Double?
    var residentBytes: Double?
    var virtualBytes: Double?
    var threads: Double?
    var openFiles: Double?
    var maxFiles: Double?
    /// Seconds since 1970.
    var startSeconds: Double?
}

extension ProcessReading {
    /// Reads the texts of procfs (proc(5)).
    ///
    /// - Parameters:
    ///   - stat: `/proc/self/stat`.
    ///   - systemStat: `/proc/stat`, for the time of the boot.
    ///   - limits: `/proc/self/limits`.
    ///   - ticksPerSecond: The unit of times in `stat`.
    ///   - pageBytes: The unit of memory in `stat`.
    init(
        stat: String?,
        systemStat: String?,
        limits: String?,
        openFiles: Int?,
        ticksPerSecond: Int,
        pageBytes: Int
    ) {
        // The second field is the command in parentheses and may itself hold spaces and parentheses.
        let fields = stat.flatMap { stat in
            stat.lastIndex(of: ")").map { stat[$0...].dropFirst().split(separator: " ") }
        }
        /// By the number that proc(5) gives the field; the third is the first here.
        func field(_ number: Int) -> Double? {
            guard let fields, fields.count > number - 3 else { return nil }
            return Double(fields[number - 3])
        }
        if let user = field(14), let system = field(15), ticksPerSecond > 0 {
            cpuSeconds = (user + system) / Double(ticksPerSecond)
        }
        threads = field(20)
        virtualBytes = field(23)
        residentBytes = field(24).map { $0 * Double(pageBytes) }
        let bootSeconds = systemStat.flatMap { Self.number(after: "btime ", in: $0) }
        if let bootSeconds, let ticks = field(22), ticksPerSecond > 0 {
            startSeconds = bootSeconds + ticks / Double(ticksPerSecond)
        }
        self.openFiles = openFiles.map(Double.init)
        maxFiles = limits.flatMap { Self.number(after: "Max open files ", in: $0) }
    }

    /// The first number of the line that starts with `prefix`.
    private static func number(after prefix: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(prefix) }
            .flatMap { $0.dropFirst(prefix.count).split(separator: " ").first }
            .flatMap { Double($0) }
    }
}
