import DequeModule

/// How the last ten minutes went: one sample every few seconds, the oldest first. Bounded.
public struct StatusHistory: Sendable, Equatable {
    /// One look at everything. What was unknown is nil.
    public struct Sample: Sendable, Equatable {
        /// Seconds since 1970.
        public var at: Double
        public var endsPerSecond: Double?
        public var requestsPerSecond: Double?
        public var waiting: Int?
        public var oldestSeconds: Double?

        public init(
            at: Double,
            endsPerSecond: Double? = nil,
            requestsPerSecond: Double? = nil,
            waiting: Int? = nil,
            oldestSeconds: Double? = nil
        ) {
            self.at = at
            self.endsPerSecond = endsPerSecond
            self.requestsPerSecond = requestsPerSecond
            self.waiting = waiting
            self.oldestSeconds = oldestSeconds
        }
    }

    /// Between two samples.
    public static let interval = Duration.seconds(2)
    /// Samples that are kept.
    public static let capacity = 300

    private var ring: Deque<Sample> = []

    public init() {}

    public var samples: [Sample] { Array(ring) }
    public var latest: Sample? { ring.last }

    public mutating func append(_ sample: Sample) {
        if ring.count == Self.capacity { ring.removeFirst() }
        ring.append(sample)
    }
}
