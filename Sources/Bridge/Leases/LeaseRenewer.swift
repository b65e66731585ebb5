import Logging
import RedisStreams
import StreamGroups

/// Keeps one stream's group open and this replica's leases alive: the I/O around ``PartitionAssignment``.
struct LeaseRenewer: Sendable {
    let state: StreamState
    /// `0` or `$`: where a new group begins.
    let groupStart: String
    let rule: String
    let metrics: StreamMetrics
    let logger: Logger
    /// Says whether the server that answers is the primary.
    let confirmation: any PrimaryConfirmation
    /// What waited for a renewal goes on after it.
    private let deliverer: Deliverer
    private let blockingReads: BlockingReads
    private let brakeKeeper: BrakeKeeper

    private let clock = ContinuousClock()
    private let logThrottle: LogThrottle

    init(
        state: StreamState,
        groupStart: String,
        rule: String,
        metrics: StreamMetrics,
        logger: Logger,
        confirmation: any PrimaryConfirmation,
        deliverer: Deliverer,
        blockingReads: BlockingReads
    ) {
        self.state = state
        self.groupStart = groupStart
        self.rule = rule
        self.metrics = metrics
        self.logger = logger
        self.confirmation = confirmation
        self.deliverer = deliverer
        self.blockingReads = blockingReads
        self.brakeKeeper = BrakeKeeper(state: state, metrics: metrics, logger: logger)
        self.logThrottle = LogThrottle(logger: logger)
    }

    /// Beats until the task is cancelled. Does not give anything back: ``leave()`` does, when nothing is under way any more.
    /// - Throws: ``GroupError`` that no repetition mends.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await clock.sleep(for: state.timing.heartbeat, tolerance: .zero)
                    state.heartbeat.signal()
                }
            }
            defer { group.cancelAll() }
            try await keep()
        }
    }

    /// Gives back what is owned, so that others take over at once.
    func leave() async {
        guard state.isOpen else { return }
        do {
            try await state.leave()
        } catch {
            logger.warning(
                "Failed to release partitions; other replicas take them over after the lease expires",
                metadata: ["stream": "\(state.keys.stream)", "error": "\(error)"]
            )
        }
    }

    private func keep() async throws {
        var hadItOpen = false
        while !Task.isCancelled {
            do {
                if !state.isOpen { try await open(&hadItOpen) }
                if state.isIdle {
                    guard await state.heartbeat.wait() else { return }
                    continue
                }
                // Claims follow what was seen; a few rounds settle what several replicas want at the same time.
                for _ in 0..<4 where try await !beat() { break }
                if state.canLeaveGroup { try await leaveToRest() }
            } catch let fault as GroupError where !fault.isRetryable {
                state.failed(fault.description)
                throw fault
            } catch {
                if Task.isCancelled { return }
                if error as? GroupError == .groupLost(stream: state.keys.stream) { state.closed("\(error)") }
                if !state.isOpen { state.failed("\(error)") }
                metrics.renewalFailed()
                logThrottle.failed(
                    error,
                    key: "lease",
                    "Failed to renew leases; retrying",
                    metadata: ["stream": "\(state.keys.stream)"]
                )
            }
            guard await state.heartbeat.wait() else { return }
        }
    }

    /// Nothing is left here: the others may share it all among themselves.
    private func leaveToRest() async throws {
        try await state.clearCrashCounts()
        try await state.leave()
        state.left()
        logger.notice(
            "Drained: all partitions are released",
            metadata: ["stream": "\(state.keys.stream)"]
        )
    }

    private func open(_ hadItOpen: inout Bool) async throws {
        let opened = try await state.open(start: groupStart, rule: rule, hadItOpen: hadItOpen)
        if opened.isNew && hadItOpen {
            metrics.groupRecreated()
            logger.warning(
                "The consumer group was deleted; recreated it",
                metadata: ["stream": "\(state.keys.stream)", "start": "\(opened.routed)"]
            )
        }
        hadItOpen = true
        state.opened(opened)
        await brakeKeeper.learn()
        state.work.signal()
    }

    /// - Returns: whether something is to be said at once.
    private func beat() async throws -> Bool {
        let sentAt = clock.now
        let heartbeat = state.nextHeartbeat(now: sentAt)
        let view = try await state.beat(heartbeat)
        let doubt = await confirmation.confirmation(state.client)
        if let doubt { reportDoubt(doubt) }
        let changes = state.heartbeatAnswered(view, sentAt: sentAt, now: clock.now, doubt: doubt)
        if view.vanished > 0 { reportVanished(view.vanished) }
        for change in changes { report(change) }
        await brakeKeeper.keep()
        deliverer.leasesRenewed()
        state.errors.signal()
        if changes.contains(.incarnationChanged) { await blockingReads.reconnect() }
        return state.nextHeartbeat(now: clock.now).changesSomething
    }

    private func report(_ change: AssignmentChange) {
        switch change {
        case .gained(let partition, _, let cause, let after):
            metrics.tookOver(cause, after: after)
            logger.debug("A partition was taken over", metadata: ["partition": "\(partition)", "cause": "\(cause)"])
        case .lost(let partition):
            logThrottle.log(
                .warning,
                key: "lost",
                "Lost a partition to another replica: lease expired",
                metadata: ["stream": "\(state.keys.stream)", "partition": "\(partition)"]
            )
        case .incarnationChanged:
            logger.notice(
                "Redis restarted or failed over, or the group was recreated; rereading partitions",
                metadata: ["stream": "\(state.keys.stream)"]
            )
        case .paused(let pause):
            logger.notice(
                "The stream is paused; no delivery starts until it is resumed",
                metadata: [
                    "stream": "\(state.keys.stream)", "by": "\(pause.by)", "reason": "\(pause.reason)",
                    "since": "\(pause.since)",
                ]
            )
        case .resumed:
            logger.notice("The stream is resumed", metadata: ["stream": "\(state.keys.stream)"])
        case .reread, .draining, .released: break
        }
    }

    private func reportDoubt(_ doubt: PrimaryDoubt) {
        let message: Logger.Message =
            switch doubt {
            case .otherPrimary: "Another server is the primary; looking for it"
            case .noMajority(.required): "No majority confirms the primary; deliveries stop when the leases end"
            case .noMajority(.preferred): "No majority confirms the primary; going on, as redis.quorum says"
            }
        logThrottle.log(.warning, key: "doubt", message, metadata: ["stream": "\(state.keys.stream)"])
    }

    private func reportVanished(_ count: Int) {
        metrics.vanished(count)
        logger.error(
            "Pending entries vanished from the group; routing again everything behind the last finished entry",
            metadata: ["stream": "\(state.keys.stream)", "count": "\(count)"]
        )
    }
}
