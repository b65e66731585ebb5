import Logging
import Metrics
import RedisStreams
import StreamGroups
import Support
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

    private struct Sample {
        var status: StreamStatus
        var retentionMonitor = RetentionMonitor()
        var drain = CatchUpEstimate()
        var ownTrims = 0
        /// Looks until the next trim.
        var looksToTrim = 0
        var pauseLook: PauseLook?
        var unread = StalledEntryDetector()
        var growth = GrowthMonitor()
    }

    /// What a look found: a pause, or that there is none.
    struct PauseLook: Sendable {
        let pause: Pause?
    }

    private let state: StreamState
    private let trimAfter: Duration?
    private let sample: Mutex<Sample>
    private let gauges: BacklogGauges
    private let logger: Logger
    private let logThrottle: LogThrottle

    /// - Parameter trimAfter: how long finished entries stay; nil for ever.
    init(state: StreamState, trimAfter: Duration?, factory: any MetricsFactory, logger: Logger) {
        self.state = state
        self.trimAfter = trimAfter
        self.sample = Mutex(Sample(status: StreamStatus(state)))
        self.gauges = BacklogGauges(stream: state.keys.stream, factory: factory)
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger, interval: .seconds(600))
    }

    /// The last look, with what this process knows by itself.
    var status: StreamStatus {
        var (status, pauseLook) = sample.withLock { ($0.status, $0.pauseLook) }
        state.describe(in: &status)
        if state.isIdle { status.take(pauseLook) }
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
        var status = StreamStatus(state)
        warnOfAddress()
        var survey: StreamSurvey?
        var pauseLook = status.isPauseKnown ? PauseLook(pause: status.pause) : nil
        if state.isOpen, state.client.isConnected {
            do { survey = try await state.group.inspect() } catch {
                if !Task.isCancelled { surveyFailed(error) }
                status.figuresProblem = "\(error)"
            }
            if state.isIdle { pauseLook = await lookForPause() }
        }
        if state.isIdle { status.take(pauseLook) }
        let drain = sample.withLock { [survey] sample in
            sample.drain.observe(survey, now: .now)
            return sample.drain
        }
        status.take(drain, now: .now)
        if let survey {
            status.take(survey, now: WallClock.secondsSince1970)
            status.timeUntilLoss = sample.withLock { sample in
                sample.looksToTrim -= 1
                return sample.retentionMonitor.observe(survey, ownTrims: sample.ownTrims, now: .now)
            }
            warn(status)
            warnOfGrowth(survey)
            reread(survey)
            await trim(survey)
        }
        sample.withLock { [status, pauseLook] sample in (sample.status, sample.pauseLook) = (status, pauseLook) }
        gauges.set(status)
    }

    private func reread(_ survey: StreamSurvey) {
        let isIdle = state.hasNothingBuffered
        if sample.withLock({ $0.unread.observe(oldest: survey.oldest, isIdle: isIdle) }) { state.reread() }
    }

    /// A drained replica has no heartbeats that would tell it of a pause.
    /// - Returns: nil when Redis failed.
    private func lookForPause() async -> PauseLook? {
        do { return PauseLook(pause: try await state.pauseSwitch.current()) } catch { return nil }
    }

    private func surveyFailed(_ error: any Error) {
        logThrottle.log(
            .warning,
            key: "survey",
            "Failed to inspect the stream; its metrics are unknown",
            metadata: ["stream": "\(state.keys.stream)", "error": "\(error)"]
        )
    }

    /// The address may be good enough to connect, and not to deliver.
    private func warnOfAddress() {
        guard case .connected(let identity) = state.client.state,
            let advice = state.client.configuration.advice(for: identity.mode)
        else { return }
        logThrottle.log(
            .warning,
            key: "address",
            "Redis' address is of the wrong form",
            metadata: ["error": "\(advice)"]
        )
    }

    private func warn(_ status: StreamStatus) {
        guard let timeUntilLoss = status.timeUntilLoss, timeUntilLoss < RetentionMonitor.warning else { return }
        logThrottle.log(
            .warning,
            key: "trim",
            "The producer's trimming will reach entries that are not delivered yet. Raise its MAXLEN",
            metadata: [
                "stream": "\(state.keys.stream)", "seconds": "\(timeUntilLoss.components.seconds)",
                "headroom": "\(status.headroom ?? 0)",
            ]
        )
    }

    private func warnOfGrowth(_ survey: StreamSurvey) {
        guard trimAfter == nil, sample.withLock({ $0.growth.observe(survey) }) else { return }
        logger.warning(
            "Nothing trims the stream, and Redis' memory fills up; set bridge.trimFinishedAfter",
            metadata: ["stream": "\(state.keys.stream)", "count": "\(survey.length)"]
        )
    }

    /// Removes what every group has finished and is old enough. One replica does it: the owner of the first partition.
    private func trim(_ survey: StreamSurvey) async {
        guard let trimAfter, let finished = survey.finishedBefore, state.lease(of: 0) != nil,
            sample.withLock({ $0.looksToTrim < 0 })
        else { return }
        sample.withLock { $0.looksToTrim = Self.looksPerTrim }
        let age = trimAfter.components.seconds * 1000
        let oldest = StreamID(
            milliseconds: UInt64(max(0, WallClock.secondsSince1970 * 1000 - Double(age))),
            sequence: 0
        )
        do {
            let count = try await state.group.trim(before: min(finished, oldest), limit: Self.trimLimit)
            sample.withLock { $0.ownTrims += count }
            if count > 0 {
                logger.debug(
                    "Finished entries were trimmed",
                    metadata: ["stream": "\(state.keys.stream)", "count": "\(count)"]
                )
            }
        } catch {
            logThrottle.log(.warning, key: "trimming", "Failed to trim the stream", metadata: ["error": "\(error)"])
        }
    }
}

extension StreamStatus {
    fileprivate mutating func take(_ drain: CatchUpEstimate, now: ContinuousClock.Instant) {
        (completionsPerSecond, drainPace) = (drain.completionsPerSecond, drain.pace)
        stillSeconds = drain.still(now: now).map { $0 / .seconds(1) }
    }

    fileprivate mutating func take(_ look: LagMonitor.PauseLook?) {
        (pause, isPauseKnown) = (look?.pause, look != nil)
    }
}
