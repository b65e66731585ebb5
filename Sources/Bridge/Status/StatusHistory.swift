import DequeModule
import Synchronization

/// How the last ten minutes went: one sample every few seconds, the oldest first. Bounded.
package struct StatusHistory: Sendable, Equatable {
    /// One look at everything. What was unknown is nil.
    package struct Sample: Sendable, Equatable {
        /// Seconds since 1970.
        package var at: Double
        package var completionsPerSecond: Double?
        package var requestsPerSecond: Double?
        package var waiting: Int?
        package var oldestSeconds: Double?
        package var state: BridgeHealth.State?

        package init(
            at: Double,
            completionsPerSecond: Double? = nil,
            requestsPerSecond: Double? = nil,
            waiting: Int? = nil,
            oldestSeconds: Double? = nil,
            state: BridgeHealth.State? = nil
        ) {
            self.at = at
            self.completionsPerSecond = completionsPerSecond
            self.requestsPerSecond = requestsPerSecond
            self.waiting = waiting
            self.oldestSeconds = oldestSeconds
            self.state = state
        }
    }

    /// Between two samples.
    package static let interval = Duration.seconds(2)
    /// Samples that are kept.
    package static let capacity = 300

    private var ring: Deque<Sample> = []
    /// When the state began that the latest sample has.
    private var stateBegan: Double?

    package init() {}

    package var samples: [Sample] { Array(ring) }
    package var latest: Sample? { ring.last }

    /// Since when the state is this one, in seconds since 1970; nil where the latest sample has another one, or there is none.
    package func since(_ state: BridgeHealth.State) -> Double? { latest?.state == state ? stateBegan : nil }

    package mutating func append(_ sample: Sample) {
        if latest?.state != sample.state || stateBegan == nil { stateBegan = sample.at }
        if ring.count == Self.capacity { ring.removeFirst() }
        ring.append(sample)
    }
}

/// Keeps the history of the status while the bridge runs, so that a page that is opened now shows the last minutes.
final class StatusRecorder: Sendable {
    private let state = Mutex(StatusHistory())

    var history: StatusHistory { state.withLock { $0 } }

    /// Samples until the task is cancelled.
    func run(_ sample: () -> StatusHistory.Sample) async {
        while !Task.isCancelled {
            state.withLock { $0.append(sample()) }
            try? await Task.sleep(for: StatusHistory.interval)
        }
    }
}
