import Logging
import RedisStreams
import StreamGroups
import Synchronization

/// Does in Redis what one stream's ``MappingBrake`` asks for, after each heartbeat: the I/O around it.
struct BrakeKeeper: Sendable {
    let state: StreamState
    let metrics: StreamMetrics
    let logger: Logger
    private let ledger: MappingLedger
    private let logThrottle: LogThrottle

    init(state: StreamState, metrics: StreamMetrics, logger: Logger) {
        self.state = state
        self.metrics = metrics
        self.logger = logger
        ledger = MappingLedger(keys: state.keys, client: state.client)
        logThrottle = LogThrottle(logger: logger)
    }

    /// Before the stream is read: what the group remembers of its mappings.
    func learn() async {
        guard state.needsLedger else { return }
        do throws(RedisError) { state.learn(try await ledger.read()) } catch { report(error) }
    }

    /// What fails is asked for again after the next heartbeat.
    func keep() async {
        do throws(RedisError) {
            if state.needsLedger { state.learn(try await ledger.read()) }
            if let request = state.brakeRequest { try await run(request) }
            let (records, dropsOthers) = state.unrecordedMappings
            if records.isEmpty { return }
            try await ledger.write(records, dropsOthers: dropsOthers)
            state.recorded(records)
        } catch {
            report(error)
        }
    }

    private func run(_ request: MappingBrake.Request) async throws(RedisError) {
        switch request {
        case .pause(let pause):
            let holding = try await state.pauseSwitch.pause(pause)
            // The next heartbeat brings it; who paused in the meantime has stopped the stream as well.
            state.heartbeat.signal()
            guard holding == pause else { return }
            metrics.braked()
            logger.error(
                "The brake has paused the stream: its changed mappings make dead letters",
                metadata: [
                    "stream": "\(state.keys.stream)", "mapping": "\(pause.brake?.mapping ?? "")",
                    "reason": "\(pause.reason)",
                ]
            )
        case .release(let pause):
            guard try await state.pauseSwitch.release(pause) else { return }
            state.heartbeat.signal()
            logger.notice(
                "The mappings from before are back: the brake's pause has ended",
                metadata: ["stream": "\(state.keys.stream)", "mapping": "\(pause.brake?.mapping ?? "")"]
            )
        case .askAcceptance(let pause):
            let accepted = try await state.pauseSwitch.accepted()
            state.brakeEnded(pause, accepted: accepted)
        }
    }

    private func report(_ error: RedisError) {
        logThrottle.failed(
            error,
            key: "brake",
            "Failed to keep the brake's notes in Redis; retrying",
            metadata: ["stream": "\(state.keys.stream)"]
        )
    }
}

/// What the brake of a stream is told and asked.
extension StreamState {
    var needsLedger: Bool { consumer.withLock { $0.brake.needsLedger } }
    var brakeRequest: MappingBrake.Request? { consumer.withLock { $0.brake.request } }
    func use(_ rules: CurrentDestination.Rules) {
        consumer.withLock { $0.brake.use(rules.versions, load: rules.load) }
        heartbeat.signal()
    }
    func learn(_ records: [MappingRecord]) { consumer.withLock { $0.brake.learn(records) } }

    func brakeEnded(_ pause: Pause, accepted: Pause?) {
        consumer.withLock { $0.brake.ended(pause, accepted: accepted) }
        work.signal()
    }

    /// - Returns: what to write, and whether records of other names go.
    var unrecordedMappings: (records: [MappingRecord], dropsOthers: Bool) {
        consumer.withLock { ($0.brake.unrecorded, $0.brake.hasManyRecords) }
    }

    func recorded(_ records: [MappingRecord]) { consumer.withLock { $0.brake.recorded(records) } }
}
