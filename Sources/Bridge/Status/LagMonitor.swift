import Logging
import Metrics
import RedisStreams
import Synchronization

/// Looks now and then how a stream stands, for status and gauges, and keeps it short when that is asked for. What Redis does not know stays
/// unknown.
final class LagMonitor: Sendable {
    /// Between two looks. One call a look: an idle bridge stays quiet.
    static let interval = Duration.seconds(2)
    /// Looks between two trims.
    private static let looksPerTrim = 15
    /// The most entries that one trim removes, so that Redis is not held up.
    private static let trimLimit = 10_000

    private struct State {
        var status: StreamStatus
        var retentionMonitor = RetentionMonitor()
        var drain = CatchUpEstimate()
        var ownTrims = 0
        /// Looks until the next trim.
        var looksToTrim = 0
        var pauseLook: PauseLook?
        var unread = StalledEntryDetector()
    }

    /// What a look found: a pause, or that there is none.
    struct PauseLook: Sendable {
        let pause: Pause?
    }

    private let session: StreamState
    private let trimAfter: Duration?
    private let state: Mutex<State>
    private let gauges: BacklogGauges
    private let logger: Logger
    private let logThrottle: LogThrottle

    /// - Parameter trimAfter: how long finished entries stay; nil for ever.
    init(session: StreamState, trimAfter: Duration?, factory: any MetricsFactory, logger: Logger) {
        self.session = session
        self.trimAfter = trimAfter
        self.state = Mutex(State(status: StreamStatus(session)))
        self.gauges = BacklogGauges(stream: session.keys.stream, factory: factory)
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger, interval: .seconds(600))
    }

    /// The last look, with what this process knows by itself.
    var status: StreamStatus {
        var (status, pauseLook) = state.withLock { ($0.status, $0.pauseLook) }
        status.refresh(session)
        if session.isIdle { status.take(pauseLook) }
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
        warnOfAddress()
        var survey: StreamSurvey?
        var pauseLook = status.isPauseKnown ? PauseLook(pause: status.pause) : nil
        if session.isOpen, session.client.isConnected {
            do { survey = try await session.survey() } catch {
                if !Task.isCancelled { surveyFailed(error) }
                status.figuresProblem = "\(error)"
            }
            if session.isIdle { pauseLook = await lookForPause() }
        }
        if session.isIdle { status.take(pauseLook) }
        let drain = state.withLock { [survey] state in
            state.drain.observe(survey, now: .now)
            return state.drain
        }
        status.take(drain, now: .now)
        if let survey {
            status.take(survey, now: WallClock.secondsSince1970)
            status.lossIn = state.withLock { state in
                state.looksToTrim -= 1
                return state.retentionMonitor.observe(survey, ownTrims: state.ownTrims, now: .now)
            }
            warn(status)
            reread(survey)
            await trim(survey)
        }
        state.withLock { [status, pauseLook] state in (state.status, state.pauseLook) = (status, pauseLook) }
        gauges.set(status)
    }

    private func reread(_ survey: StreamSurvey) {
        let isIdle = session.hasNothingBuffered
        if state.withLock({ $0.unread.observe(oldest: survey.oldest, isIdle: isIdle) }) { session.readsAgain() }
    }

    /// A drained replica has no heartbeats that would tell it of a pause.
    /// - Returns: nil when Redis failed.
    private func lookForPause() async -> PauseLook? {
        do { return PauseLook(pause: try await session.pauseSwitch.current()) } catch { return nil }
    }

    private func surveyFailed(_ error: any Error) {
        logThrottle.log(
            .warning,
            key: "survey",
            "Failed to inspect the stream; its metrics are unknown",
            metadata: ["stream": "\(session.keys.stream)", "error": "\(error)"]
        )
    }

    /// The address may be good enough to connect, and not to deliver.
    private func warnOfAddress() {
        guard case .connected(let identity) = session.client.state,
            let advice = session.client.configuration.advice(for: identity.mode)
        else { return }
        logThrottle.log(
            .warning,
            key: "address",
            "Redis' address is of the wrong form",
            metadata: ["error": "\(advice)"]
        )
    }

    private func warn(_ status: StreamStatus) {
        guard let lossIn = status.lossIn, lossIn < RetentionMonitor.warning else { return }
        logThrottle.log(
            .warning,
            key: "trim",
            "The producer's trimming will reach entries that are not delivered yet. Raise its MAXLEN",
            metadata: [
                "stream": "\(session.keys.stream)", "seconds": "\(lossIn.components.seconds)",
                "headroom": "\(status.headroom ?? 0)",
            ]
        )
    }

    /// Removes what every group has finished and is old enough. One replica does it: the owner of the first partition.
    private func trim(_ survey: StreamSurvey) async {
        guard let trimAfter, let finished = survey.finishedBefore, session.withLeases({ $0.lease(of: 0) }) != nil,
            state.withLock({ $0.looksToTrim < 0 })
        else { return }
        state.withLock { $0.looksToTrim = Self.looksPerTrim }
        let age = trimAfter.components.seconds * 1000
        let oldest = StreamID(
            milliseconds: UInt64(max(0, WallClock.secondsSince1970 * 1000 - Double(age))),
            sequence: 0
        )
        do {
            let count = try await session.trim(before: min(finished, oldest), limit: Self.trimLimit)
            state.withLock { $0.ownTrims += count }
            if count > 0 {
                logger.debug(
                    "Finished entries were trimmed",
                    metadata: ["stream": "\(session.keys.stream)", "count": "\(count)"]
                )
            }
        } catch {
            logThrottle.log(.warning, key: "trimming", "Failed to trim the stream", metadata: ["error": "\(error)"])
        }
    }
}

extension StreamStatus {
    fileprivate mutating func take(_ drain: CatchUpEstimate, now: ContinuousClock.Instant) {
        (endsPerSecond, drainPace) = (drain.endsPerSecond, drain.pace)
        stillSeconds = drain.still(now: now).map { $0 / .seconds(1) }
    }

    fileprivate mutating func take(_ look: LagMonitor.PauseLook?) {
        (pause, isPauseKnown) = (look?.pause, look != nil)
    }
}
