import Logging
import Metrics
import StreamGroups

/// The tasks of one stream. They hold ``StreamState`` and each other by reference; nothing of what they know is kept here.
///
/// The three phases lie inside of each other: leases around acknowledging around reading. ``Bridge`` nests them over all streams.
struct StreamConsumer: Sendable {
    let state: StreamState
    let lagMonitor: LagMonitor
    private let leaseRenewer: LeaseRenewer
    private let blockingReads: BlockingReads
    private let deliveryErrors: DeliveryErrorReporter
    private let acknowledger: Acknowledger
    private let reader: StreamReader
    private let logger: Logger

    /// What the consumers of all streams share.
    struct Surroundings {
        let configuration: BridgeConfiguration
        let planner: EntryPlanner
        let deliverer: Deliverer
        let completions: CompletionCounter
        let metrics: BridgeMetrics
        let readLog: BlockingReadLog
        let faults: FaultInjection
        let factory: any MetricsFactory
        let logger: Logger
    }

    init(_ state: StreamState, _ shared: Surroundings, connections: inout RedisConnections) {
        let (configuration, logger) = (shared.configuration, shared.logger)
        let metrics = shared.metrics.stream(state.index)
        self.state = state
        self.logger = logger
        blockingReads = BlockingReads(
            state: state,
            newEntries: connections.connect(to: state.keys.stream),
            wakeups: connections.connect(to: state.keys.stream),
            log: shared.readLog
        )
        leaseRenewer = LeaseRenewer(
            state: state,
            groupStart: configuration.groupStart,
            rule: configuration.keyRule,
            metrics: metrics,
            logger: logger,
            confirmation: shared.faults.confirmation(MajorityConfirmation(policy: configuration.quorum)),
            deliverer: shared.deliverer,
            blockingReads: blockingReads
        )
        deliveryErrors = DeliveryErrorReporter(state: state, logger: logger)
        acknowledger = Acknowledger(
            state: state,
            deadLetterMaxLength: configuration.deadLetterMaxLength,
            receipts: ReceiptWriter(maxLength: configuration.receiptsMax, replica: configuration.instance),
            ends: shared.completions,
            metrics: metrics,
            logger: logger
        )
        reader = StreamReader(
            state: state,
            newEntries: blockingReads.newEntries,
            planner: shared.planner,
            configuration: configuration,
            metrics: metrics,
            deliverer: shared.deliverer,
            faults: shared.faults,
            logger: logger
        )
        lagMonitor = LagMonitor(
            state: state,
            trimAfter: configuration.trimFinishedAfter,
            factory: shared.factory,
            logger: logger
        )
    }

    /// Keeps the leases until the task is cancelled. Gives nothing back: that is ``leave()``'s.
    /// - Throws: ``GroupError`` that no repetition mends.
    func renewLeases() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await leaseRenewer.run() }
            group.addTask { await blockingReads.wakeups.run() }
            group.addTask { await deliveryErrors.run() }
            // The first error ends the others; without one they end by cancellation.
            for try await _ in group {}
        }
    }

    /// Acknowledges until ``StreamState/acks`` is finished and all is confirmed, or the task is cancelled.
    /// - Returns: how many ends stayed unconfirmed.
    func acknowledge() async -> Int { await acknowledger.run() }

    /// Reads until the task is cancelled.
    /// - Throws: ``GroupError`` that no repetition mends.
    func read() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reader.run() }
            group.addTask { await blockingReads.newEntries.run() }
            group.addTask { await lagMonitor.run() }
            // The first error ends the others; without one they end by cancellation.
            for try await _ in group {}
        }
    }

    /// Gives back what is owned, once nothing of it is under way any more.
    func leave() async {
        state.endingInOrder()
        do { try await state.clearCrashCounts() } catch {
            logger.warning(
                "Crash counts could not be taken back: entries that this process had in hand count one crash too many",
                metadata: ["stream": "\(state.keys.stream)", "error": "\(error)"]
            )
        }
        await leaseRenewer.leave()
    }
}
