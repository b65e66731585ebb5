import Logging
import RedisStreams
import Segment
import Synchronization

/// Notices what is no event of Segment's, or is spelled in another way: counts it, and tells it once for each kind, with an example.
final class EventRecognition: Sendable {
    private struct State {
        var share: RecognitionShare
        /// The kinds that were told, a closed set.
        var told: Set<String> = []
    }

    private let state: Mutex<State>
    private let metrics: EventMetrics?
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant

    init(
        metrics: EventMetrics? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.state = Mutex(State(share: RecognitionShare(now: now())))
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    /// - Parameters:
    ///   - events: how many the entry holds, those that are none of Segment's among them.
    ///   - looks: what the latter look like.
    func planned(_ id: StreamID, stream: String, events: Int, looks: [EntryLook], oddities: [EventOddity]) {
        for look in looks { metrics?.unrecognized(look) }
        for oddity in oddities { metrics?.odd(oddity.kind) }
        let (newLooks, newOddities) = state.withLock { state in
            state.share.count(events: events, looks: looks, example: "\(stream) \(id)", now: now())
            return (
                looks.filter { state.told.insert("look \($0.rawValue)").inserted },
                oddities.filter { state.told.insert("oddity \($0.kind.rawValue)").inserted }
            )
        }
        for look in newLooks {
            logger.warning(
                "An entry holds no event of Segment's; told once for each kind, and counted",
                metadata: [
                    "stream": "\(stream)", "id": "\(id)", "looksLike": "\(look.rawValue)", "advice": "\(look.advice)",
                ]
            )
        }
        for oddity in newOddities {
            logger.warning(
                "An event is not taken as it is written; told once for each kind, and counted",
                metadata: ["stream": "\(stream)", "id": "\(id)", "what": "\(oddity.kind.rawValue)"]
            )
        }
    }

    /// Nil while few events are none of Segment's.
    var unrecognized: UnrecognizedEvents? { state.withLock { $0.share.summary(now: now()) } }
}
