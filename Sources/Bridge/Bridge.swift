public import Logging
public import Loops
public import Metrics
import NIOCore
import RedisStreams
public import ServiceLifecycle
import Synchronization

/// The bridge: reads streams, delivers to Loops, acknowledges. ``run()`` is its lifetime.
public final class Bridge: Service {
    let configuration: BridgeConfiguration
    let rules: CurrentDestination
    private let reloads: ClosedCounters
    private let mappingsRefused = Atomic(false)
    private let metrics: BridgeMetrics
    private let recognition: EventRecognition
    let account: AccountMonitor
    let accountQuestion: AccountQuestion
    let clients: [RedisClient]
    let sessions: [StreamState]
    let keepers: [LeaseRenewer]
    let bells: [WakeupListener]
    let readers: [StreamReader]
    let waiters: [NewEntryListener]
    let acknowledgers: [Acknowledger]
    let pollers: [LagMonitor]
    let deliverer: Deliverer
    private let ends: CompletionCounter
    private let activity: Activity
    let recorder = StatusRecorder()
    let gauges: ProcessGauges
    private let executor: EventLoopExecutor
    let logger: Logger

    /// - Parameters:
    ///   - configuration: checked already; see the program's settings.
    ///   - destination: what becomes of events.
    ///   - loops: made from the same configuration; outlives the bridge.
    ///   - factory: where metrics live.
    public convenience init(
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
            factory: factory,
            logger: logger,
            parts: FaultInjection()
        )
    }

    /// What a test may replace to plant a fault; see ``FaultInjection``.
    init(
        configuration: BridgeConfiguration,
        destination: Destination,
        loops: LoopsClient,
        factory: any MetricsFactory,
        logger: Logger,
        parts: FaultInjection
    ) {
        let eventLoop = loops.eventLoop
        self.executor = EventLoopExecutor(eventLoop)
        let metrics = BridgeMetrics(streams: configuration.streams.map(\.name), factory: factory)
        let rules = CurrentDestination(destination)
        let recognition = EventRecognition(metrics: metrics.events, logger: logger)
        let account = AccountMonitor(logger: logger)
        let planner = EntryPlanner(
            rules: rules,
            streams: configuration.streams.map(\.name),
            contactPaths: configuration.contactPaths,
            integrationName: configuration.integrationName,
            sizeWarningBytes: configuration.eventSizeWarningBytes,
            carriesTraces: configuration.carriesTraces,
            metrics: metrics.events,
            account: configuration.checksAccount ? account : nil,
            recognition: recognition
        )
        let activity = Activity(streams: configuration.streams.map(\.name))
        let ends = CompletionCounter(metrics: metrics, activity: activity)
        // No other process ever has this name, so none takes this one's leases for its own.
        let member = "\(configuration.instance)/\(String(UInt64.random(in: .min ... .max), radix: 36))"

        let reconnects = Counter(
            label: BridgeMetrics.prefix + "redis_reconnects_total",
            dimensions: [],
            factory: factory
        )
        var clients: [RedisClient] = []
        /// A connection of its own, to the server that has the key. All keys of a stream live in one slot, so one answers for them.
        func connection(_ key: String) -> RedisClient {
            let reconnects = ReconnectCounter(reconnects)
            var redis = configuration.redis(for: key)
            redis.maxReplyBytes = configuration.limits.replyBytes
            let client = RedisClient(
                configuration: redis,
                logger: logger,
                eventLoopGroup: eventLoop,
                onState: { reconnects.observe($0) }
            )
            clients.append(client)
            return client
        }
        var timing = configuration.leaseTiming
        if configuration.redis.hasVoters { timing.promotionDelay = MajorityConfirmation.promotionDelay }
        let sessions = configuration.streams.enumerated().map { index, stream in
            StreamState(
                index: index,
                keys: configuration.keys(of: stream),
                group: configuration.group,
                partitions: configuration.partitions,
                member: member,
                timing: parts.timing(timing),
                client: connection(stream.name),
                limits: configuration.limits,
                scripts: parts.scripts,
                times: metrics.redis
            )
        }
        let limiterKey = RateLimiter.key(apiKey: configuration.loops.apiKey)
        let limiter = RateLimiter(
            // On a cluster the limiter may live on another server than any stream.
            client: configuration.redis.isCluster ? connection(limiterKey) : sessions[0].client,
            script: parts.scripts.acquirePermits,
            key: limiterKey,
            cap: configuration.rateLimit,
            checksLeases: !configuration.redis.isCluster,
            sessions: sessions,
            times: metrics.redis
        )
        self.accountQuestion = AccountQuestion(loops: loops, limiter: configuration.rateLimit == 0 ? nil : limiter)
        let send = parts.send { await loops.send($0, sendDeadline: $1) }
        let deliverer = Deliverer(
            state: DeliveryState(
                contactQueues: ContactQueues(rules: configuration.laneRules),
                isLimited: configuration.rateLimit != 0,
                hasCap: configuration.rateLimit != nil,
                asksForKey: configuration.triesKeyAtStart,
                maxInFlight: configuration.loops.maxInFlight,
                retry: configuration.retry,
                lateEffect: configuration.lateEffect
            ),
            send: send,
            ask: { try await limiter.ask($0) },
            cap: configuration.rateLimit,
            testKey: { await loops.testKey() },
            baseURL: configuration.loops.baseURL,
            metrics: metrics,
            activity: activity,
            logger: logger,
            outlet: Deliverer.Outlet(
                sendDeadline: { sessions[$0].sendDeadline($1, tenure: $2) },
                name: { sessions[$0].keys.stream },
                // The ends of one call are of one lane, so of one stream.
                ended: { ends in if let stream = ends.first?.stream { sessions[stream].ended(ends) } },
                forgot: { sessions[$0].forgot($1) },
                failed: { sessions[$0].failed($1, attempts: $2, $3, again: $4) },
                survived: { stream, id in
                    sessions[stream].withIntake { $0.survived(id) }
                    sessions[stream].readable.signal()
                }
            )
        )
        let blocked = configuration.streams.map { (waiter: connection($0.name), bell: connection($0.name)) }
        let readLog = BlockingReadLog(logger: logger)
        self.waiters = zip(sessions, blocked).map { session, clients in
            NewEntryListener(
                stream: session.keys.stream,
                client: clients.waiter,
                readable: session.readable,
                log: readLog
            )
        }
        self.bells = zip(sessions, blocked).map { WakeupListener(session: $0, client: $1.bell, log: readLog) }
        self.readers = zip(sessions, waiters).map { session, waiter in
            StreamReader(
                session: session,
                waiter: waiter,
                planner: planner,
                configuration: configuration,
                metrics: metrics.stream(session.index),
                logger: logger,
                outlet: StreamReader.Outlet(
                    admit: { deliverer.admit($0.map(parts.contactQueue)) },
                    abandon: { deliverer.abandon(stream: session.index, partition: $0) },
                    isStarving: { deliverer.isStarving }
                )
            )
        }
        self.keepers = sessions.map { session in
            LeaseRenewer(
                session: session,
                groupStart: configuration.groupStart,
                rule: configuration.keyRule,
                metrics: metrics.stream(session.index),
                logger: logger,
                confirmation: parts.confirmation(MajorityConfirmation(policy: configuration.quorum)),
                onBeat: { deliverer.leasesRenewed() },
                onRewind: {
                    for client in [blocked[session.index].waiter, blocked[session.index].bell] {
                        await client.reconnect()
                    }
                }
            )
        }
        self.acknowledgers = sessions.map { session in
            Acknowledger(
                session: session,
                deadLetterMaxLength: configuration.deadLetterMaxLength,
                ends: ends,
                metrics: metrics.stream(session.index),
                logger: logger
            )
        }
        self.pollers = sessions.map {
            LagMonitor(session: $0, trimAfter: configuration.trimFinishedAfter, factory: factory, logger: logger)
        }
        self.configuration = configuration
        self.account = account
        self.rules = rules
        self.metrics = metrics
        self.reloads = ClosedCounters(
            "config_reloads_total",
            label: "result",
            values: ["accepted", "refused"],
            factory: factory
        )
        self.recognition = recognition
        self.clients = clients
        self.sessions = sessions
        self.deliverer = deliverer
        self.ends = ends
        self.activity = activity
        self.gauges = ProcessGauges(factory: factory)
        self.logger = logger
        reportMismatches()
    }

    /// Tells the mappings in force from others; the same wherever they are the same.
    public var mappingsDigest: String { rules.current.destination.digest }

    /// What the bridge is doing now.
    public var status: BridgeStatus {
        let delivery = deliverer.snapshot
        return BridgeStatus(
            instance: configuration.instance,
            group: configuration.group,
            redisConnected: sessions.allSatisfy { $0.client.isConnected },
            redisProblem: sessions.lazy.compactMap { $0.client.problem }.first,
            redisAdvice: sessions.lazy.compactMap { $0.client.advice }.first,
            loopsAddress: configuration.loops.baseURL,
            isDrained: isDrained,
            delivery: delivery,
            streams: configuration.streams.indices.map { index in
                var status = pollers[index].status
                status.weight = configuration.streams[index].weight
                status.isHeld = delivery.isHeld
                status.lost = metrics.stream(index).entriesLost
                status.outOfOrder = metrics.stream(index).entriesOutOfOrder
                return status
            },
            ends: ends.counts,
            activity: activity.snapshot,
            mappingsRefused: mappingsRefused.load(ordering: .relaxed),
            unrecognized: recognition.unrecognized,
            mismatches: mismatches.map(\.description),
            account: account.current
        )
    }

    /// How the last minutes went.
    public var history: StatusHistory { recorder.history }

    /// What ``history`` keeps of an instant.
    var sample: StatusHistory.Sample {
        let status = status
        let backlog = status.backlog
        return StatusHistory.Sample(
            at: WallClock.secondsSince1970,
            endsPerSecond: status.activity.endsPerSecond,
            requestsPerSecond: status.activity.requestsPerSecond,
            waiting: backlog.waiting,
            oldestSeconds: backlog.oldestSeconds
        )
    }

    /// Uses other mappings for what is read from now on. What has been read keeps the requests that it had.
    public func reload(_ destination: Destination) {
        rules.replace(destination)
        mappingsRefused.store(false, ordering: .relaxed)
        reloads.increment("accepted")
        reportMismatches()
        account.report(destination)
    }

    /// Counts mappings that could not be used; those in force stay.
    public func reloadRefused() {
        mappingsRefused.store(true, ordering: .relaxed)
        reloads.increment("refused")
    }

    /// Sets the gauges that show an instant; call it before they are looked at.
    public func refreshGauges() {
        gauges.set(status)
        deliverer.refreshGauges()
    }

    /// Ends that Redis has confirmed, as they come.
    public var confirmedEnds: CompletionCounter { ends }

    /// Carries events until a graceful shutdown or a cancellation, then stops cleanly: ends what is under way within the grace period,
    /// acknowledges it, and leaves the rest pending in Redis.
    ///
    /// - Throws: what makes going on wrong: another process has taken over, or the configuration does not fit the group.
    public func run() async throws {
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
