import Logging
import Loops
import Synchronization

/// Sends what the lanes hold, as fast as the gate allows, and reports every end in order.
///
/// All decisions are ``DeliveryState``'s; this adds the clock, the dice and the HTTP client.
final class Deliverer: Sendable {
    /// The one call that leaves the process.
    typealias Send = @Sendable (LoopsCall) async -> LoopsAnswer

    private let state: Mutex<DeliveryState>
    private let wakeup = Wakeup()
    private let clock = ContinuousClock()
    private let send: Send
    private let testKey: @Sendable () async -> LoopsAnswer
    private let onEnds: @Sendable ([EntryEnd]) -> Void
    private let metrics: BridgeMetrics
    private let logger: Logger
    private let logGate: LogGate

    init(
        state: DeliveryState,
        send: @escaping Send,
        testKey: @escaping @Sendable () async -> LoopsAnswer,
        metrics: BridgeMetrics,
        logger: Logger,
        onEnds: @escaping @Sendable ([EntryEnd]) -> Void
    ) {
        self.state = Mutex(state)
        self.send = send
        self.testKey = testKey
        self.metrics = metrics
        self.logger = logger
        self.logGate = LogGate(logger: logger)
        self.onEnds = onEnds
    }

    /// Hands entries to their lanes. Entries of one stream come in the order of the stream, per contact.
    func admit(_ entries: [PlannedEntry]) {
        // The ends leave under the lock, so that the order in which they are acknowledged is the order in which they happened.
        state.withLock { state in
            for entry in entries {
                let ends = state.lanes.admit(entry)
                if !ends.isEmpty { onEnds(ends) }
            }
        }
        wakeup.signal()
    }

    /// Starts requests until ``drain()``, then returns once the last one under way has ended. Cancellation ends requests under way.
    func run() async {
        await withDiscardingTaskGroup { group in
            var alarm: ContinuousClock.Instant?
            while true {
                let now = clock.now
                switch state.withLock({ $0.next(now: now) }) {
                case .send(let start):
                    group.addTask { await self.deliver(start) }
                    continue
                case .probeKey:
                    group.addTask { await self.probeKey() }
                    continue
                case .wait(let until):
                    if let until, alarm.map({ $0 <= now || until < $0 }) ?? true {
                        alarm = until
                        group.addTask {
                            try? await self.clock.sleep(until: until, tolerance: .zero)
                            self.wakeup.signal()
                        }
                    }
                }
                if state.withLock({ $0.isDraining && $0.inFlight == 0 }) { break }
                guard await wakeup.wait() else { break }
            }
            group.cancelAll()
        }
    }

    /// Starts nothing any more. ``run()`` returns when what is under way has ended.
    func drain() {
        state.withLock { $0.isDraining = true }
        wakeup.signal()
    }

    var snapshot: DeliverySnapshot {
        let now = clock.now
        return state.withLock { DeliverySnapshot($0, now: now) }
    }

    private func deliver(_ start: Lanes.Start) async {
        let began = clock.now
        let answer = await send(start.step.call)
        let now = clock.now
        metrics.request(start.step.call.operation, answer, took: now - began)
        let random = Double.random(in: 0..<1)
        let settled = state.withLock { state in
            let settled = state.answered(start, answer, now: now, random: random)
            if !settled.ends.isEmpty { onEnds(settled.ends) }
            return settled
        }
        report(start, answer, settled)
        wakeup.signal()
    }

    private func probeKey() async {
        let answer = await testKey()
        let now = clock.now
        let random = Double.random(in: 0..<1)
        let change = state.withLock { $0.keyProbed(isGood: answer.outcome.isDelivered, now: now, random: random) }
        if change == .resumed { logger.notice("Loops takes the API key again; deliveries go on") }
        wakeup.signal()
    }

    private func report(_ start: Lanes.Start, _ answer: LoopsAnswer, _ settled: DeliveryState.Settled) {
        let metadata: Logger.Metadata = [
            "operation": "\(start.step.call.operation.rawValue)",
            "status": "\(answer.status.map(String.init) ?? "none")",
            "attempt": "\(start.attempt)",
            "contact": "\(ContactHash.of(start.key.contact))",
        ]
        switch settled.change {
        case .nothing, .throttled: break
        case .resumed: logger.notice("Loops answers again; deliveries go on")
        case .opened:
            logger.error("Loops does not answer; deliveries wait and single probes go out", metadata: metadata)
        case .refused:
            logger.error(
                "Loops refuses the API key; everything is held until it is taken. Check LOOPS_API_KEY",
                metadata: metadata
            )
        }
        if case .retry(let why) = answer.outcome {
            metrics.retried(why.rawValue)
            logGate.log(.warning, key: why.rawValue, "A request to Loops failed and is retried", metadata: metadata)
        }
        if case .throttled = answer.outcome {
            metrics.retried("throttled")
            logGate.log(
                .warning,
                key: "throttled",
                "Loops says that the team is over its rate limit",
                metadata: metadata
            )
        }
        if case .rejected(.idempotencyConflict) = answer.outcome {
            logger.error(
                "Loops has another body under this idempotency key: two events share a messageId",
                metadata: metadata
            )
        }
    }
}
