package import Destination
package import Logging
package import Loops
import MetricCatalog
package import Metrics
import NIOCore
import RedisStreams
import ServiceLifecycle
import Support
import Synchronization

/// The bridge: reads streams, delivers to Loops, acknowledges. ``run()`` is its lifetime.
package final class Bridge: Service {
    package let configuration: BridgeConfiguration
    let rules: CurrentDestination
    private let reloads: ClosedCounters<String>
    private let loads = Mutex(MappingsLoad(loadedAt: WallClock.secondsSince1970))
    private let metrics: BridgeMetrics
    private let recognition: EventRecognition
    let account: AccountMonitor
    let accountQuestion: AccountQuestion
    let clients: [RedisClient]
    let consumers: [StreamConsumer]
    let deliverer: Deliverer
    private let completions: CompletionCounter
    /// What became of the last entries; nil when that is off.
    package let journal: EventJournal?
    private let activity: Activity
    let recorder = StatusRecorder()
    let gauges: ProcessGauges
    private let executor: EventLoopExecutor
    package let logger: Logger

    /// - Parameters:
    ///   - configuration: checked already; see the program's settings.
    ///   - destination: what becomes of events.
    ///   - loops: made from the same configuration; outlives the bridge.
    ///   - factory: where metrics live.
    package convenience init(
        configuration: BridgeConfiguration,
        destination: Destination,
        loops: LoopsClient,
        factory: any MetricsFactory,
        logger: Logger
    ) {
        self.init(
            configuration: configuration,
            destination: destination,
            loops: loops,
            on: loops.eventLoop,
            factory: factory,
            logger: logger,
            faults: FaultInjection()
        )
    }

    /// Objects are made in the order in which they need each other, and hold each other by reference: states, deliverer, consumers.
    init(
        configuration: BridgeConfiguration,
        destination: Destination,
        loops: LoopsClient,
        on eventLoop: any EventLoop,
        factory: any MetricsFactory,
        logger: Logger,
        faults: FaultInjection
    ) {
        let names = configuration.streams.map(\.name)
        let metrics = BridgeMetrics(streams: names, factory: factory)
        metrics.mappings.know(destination.mappings)
        let rules = CurrentDestination(destination)
        let recognition = EventRecognition(metrics: metrics.events, logger: logger)
        let account = AccountMonitor(logger: logger)
        let planner = EntryPlanner(
            configuration,
            rules: rules,
            metrics: metrics.events,
            account: configuration.checksAccount ? account : nil,
            recognition: recognition
        )
        let activity = Activity(streams: names)
        let journal = EventJournal(configuration, planner: planner)
        let completions = CompletionCounter(metrics: metrics, activity: activity, journal: journal)
        var connections = RedisConnections(configuration, on: eventLoop, factory: factory, logger: logger)
        let states = StreamState.states(
            of: configuration,
            faults: faults,
            rules: rules.current,
            times: metrics.redis,
            connections: &connections
        )
        let limiter = RateLimiter(
            configuration,
            scripts: faults.scripts,
            streams: states,
            times: metrics.redis,
            connections: &connections
        )
        let deliverer = Deliverer(
            state: DeliveryState(configuration),
            loops: faults.loops(loops),
            limiter: limiter,
            streams: states,
            baseURL: configuration.loops.baseURL,
            metrics: metrics,
            activity: activity,
            logger: logger
        )
        let shared = StreamConsumer.Surroundings(
            configuration: configuration,
            planner: planner,
            deliverer: deliverer,
            completions: completions,
            metrics: metrics,
            readLog: BlockingReadLog(logger: logger),
            faults: faults,
            factory: factory,
            logger: logger
        )
        var consumers: [StreamConsumer] = []
        for state in states { consumers.append(StreamConsumer(state, shared, connections: &connections)) }
        self.configuration = configuration
        self.account = account
        self.accountQuestion = AccountQuestion(loops: loops, limiter: configuration.rateLimit == 0 ? nil : limiter)
        self.rules = rules
        self.metrics = metrics
        self.reloads = ClosedCounters(
            .configReloads,
            by: .result,
            values: ["accepted", "refused"],
            in: factory
        )
        self.recognition = recognition
        self.clients = connections.clients
        self.consumers = consumers
        self.deliverer = deliverer
        self.completions = completions
        self.journal = journal
        self.activity = activity
        self.gauges = ProcessGauges(factory: factory)
        self.executor = EventLoopExecutor(eventLoop)
        self.logger = logger
        reportMismatches()
    }

    /// The mappings in force.
    package var destination: Destination { rules.current.destination }

    /// Tells the mappings in force from others; the same wherever they are the same.
    package var mappingsDigest: String { rules.current.destination.digest }

    /// Names this process to others.
    package var instance: String { configuration.instance }

    /// What the bridge is doing now.
    package var status: BridgeStatus {
        let delivery = deliverer.snapshot
        return BridgeStatus(
            instance: configuration.instance,
            group: configuration.group,
            redisConnected: consumers.allSatisfy { $0.state.client.isConnected },
            redisProblem: consumers.lazy.compactMap { $0.state.client.problem }.first,
            redisAdvice: consumers.lazy.compactMap { $0.state.client.advice }.first,
            loopsAddress: configuration.loops.baseURL,
            isDrained: isDrained,
            delivery: delivery,
            streams: configuration.streams.indices.map { index in
                var status = consumers[index].lagMonitor.status
                status.weight = configuration.streams[index].weight
                status.isHeld = delivery.isHeld
                status.lost = metrics.stream(index).entriesLost
                status.outOfOrder = metrics.stream(index).entriesOutOfOrder
                status.sentLate = metrics.stream(index).requestsSentLate
                return status
            },
            ends: completions.counts,
            activity: activity.snapshot,
            mappingsRefused: mappingsLoad.refusal != nil,
            unrecognized: recognition.unrecognized,
            mismatches: mismatches.map(\.description),
            account: account.current
        )
    }

    /// How the last minutes went.
    package var history: StatusHistory { recorder.history }

    /// What ``history`` keeps of an instant.
    var sample: StatusHistory.Sample {
        let status = status
        let backlog = status.backlog
        return StatusHistory.Sample(
            at: WallClock.secondsSince1970,
            completionsPerSecond: status.activity.completionsPerSecond,
            requestsPerSecond: status.activity.requestsPerSecond,
            waiting: backlog.waiting,
            oldestSeconds: backlog.oldestSeconds,
            state: status.health.state
        )
    }

    /// Uses other mappings for what is read from now on. What has been read keeps the requests that it had.
    package func reload(_ destination: Destination) {
        metrics.mappings.know(destination.mappings)
        let rules = rules.replace(destination)
        for consumer in consumers { consumer.state.use(rules) }
        loads.withLock { $0 = MappingsLoad(loadedAt: WallClock.secondsSince1970) }
        reloads.increment("accepted")
        reportMismatches()
        account.report(destination)
    }

    /// Counts mappings that could not be used; those in force stay.
    /// - Parameter reason: for a person.
    package func reloadRefused(_ reason: String) {
        loads.withLock { $0.refusal = .init(at: WallClock.secondsSince1970, reason: reason) }
        reloads.increment("refused")
    }

    /// When the mappings in force were loaded, and what came of the last try.
    package var mappingsLoad: MappingsLoad { loads.withLock { $0 } }

    func mappingUsage(_ name: String) -> MappingUsage { metrics.mappings.usage(of: name) }

    /// Sets the gauges that show an instant; call it before they are looked at.
    package func refreshGauges() {
        gauges.set(status)
        deliverer.refreshGauges()
    }

    /// Ends that Redis has confirmed, as they come.
    package var confirmedEnds: CompletionCounter { completions }

    /// Carries events until a graceful shutdown or a cancellation, then stops cleanly: ends what is under way within the grace period,
    /// acknowledges it, and leaves the rest pending in Redis.
    ///
    /// - Throws: what makes going on wrong: another process has taken over, or the configuration does not fit the group.
    package func run() async throws {
        let stop = Wakeup()
        // A task of its own: a cancellation must not cut off the acknowledgements of what was delivered. It ends by itself within the
        // grace period.
        let work = Task(executorPreference: executor) { try await self.serve(until: stop) }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await work.value
            } onGracefulShutdown: {
                stop.signal()
            }
        } onCancel: {
            stop.signal()
        }
    }
}

extension RedisClient {
    /// Why there is no connection; nil when there is one.
    fileprivate var problem: String? { if case .disconnected(let reason) = state { reason } else { nil } }

    fileprivate var advice: String? {
        if case .connected(let identity) = state { configuration.advice(for: identity.mode) } else { nil }
    }
}
