import Metrics
import RedisStreams
import Synchronization

/// Asks Redis now and then how a stream stands, for status and gauges. What Redis does not know stays unknown.
final class StreamPoller: Sendable {
    /// Between two looks. Four commands a look: an idle bridge stays quiet.
    static let interval = Duration.seconds(2)

    private let session: StreamSession
    private let group: String
    private let state: Mutex<StreamStatus>
    private let gauges: BacklogGauges

    init(session: StreamSession, group: String, factory: any MetricsFactory) {
        self.session = session
        self.group = group
        self.state = Mutex(StreamStatus(session))
        self.gauges = BacklogGauges(stream: session.keys.stream, factory: factory)
    }

    /// The last look, with what this process knows by itself.
    var status: StreamStatus {
        let last = state.withLock { $0 }
        var status = StreamStatus(session)
        status.length = last.length
        status.lag = last.lag
        status.pending = last.pending
        status.oldestUnackedSeconds = last.oldestUnackedSeconds
        status.deadLetters = last.deadLetters
        return status
    }

    /// Looks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func look() async {
        var status = StreamStatus(session)
        let client = session.client
        if session.isOpen, client.isConnected {
            status.length = try? await client.length(session.keys.stream)
            status.deadLetters = try? await client.length(session.keys.deadLetters)
            let groups = try? await client.groupInfos(session.keys.stream)
            if let info = groups?.first(where: { $0.name == group }) {
                status.lag = info.lag
                status.pending = info.pending
            }
            if let summary = try? await client.pendingSummary(session.keys.stream, group: group) {
                status.oldestUnackedSeconds =
                    summary.first.map { max(0, WallClock.secondsSince1970 - Double($0.milliseconds) / 1000) } ?? 0
            }
        }
        state.withLock { $0 = status }
        gauges.set(status)
    }
}
