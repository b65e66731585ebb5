public import AsyncHTTPClient
public import Logging
import Loops
public import Metrics
import RedisStreams
public import ServiceLifecycle
import Synchronization

/// The bridge: reads streams, delivers to Loops, acknowledges. ``run()`` is its lifetime.
public final class Bridge: Service {
    private let configuration: BridgeConfiguration
    private let rules: PlanningRules
    private let reloads: ClosedCounters
    private let main: RedisClient
    private let blocking: [RedisClient]
    private let sessions: [StreamSession]
    private let readers: [StreamReader]
    private let waiters: [EntryWaiter]
    private let acknowledgers: [Acknowledger]
    private let pollers: [StreamPoller]
    private let deliverer: Deliverer
    private let ends: EndTally
    private let gauges: ProcessGauges
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: checked already; see the program's settings.
    ///   - destination: what becomes of events.
    ///   - http: made with ``LoopsClient/httpConfiguration(_:)``; outlives the bridge.
    ///   - factory: where metrics live.
    public init(
        configuration: BridgeConfiguration,
        destination: Destination,
        http: HTTPClient,
        factory: any MetricsFactory,
        logger: Logger
    ) {
        let metrics = BridgeMetrics(streams: configuration.streams.map(\.name), factory: factory)
        let loops = LoopsClient(configuration: configuration.loops, http: http)
        let main = RedisClient(configuration: configuration.redis, logger: logger)
        let rules = PlanningRules(destination)
        let planner = Planner(
            rules: rules,
            streams: configuration.streams.map(\.name),
            contactPaths: configuration.contactPaths,
            integrationName: configuration.integrationName,
            sizeWarningBytes: configuration.eventSizeWarningBytes
        )
        let ends = EndTally(metrics: metrics)

        let sessions = configuration.streams.enumerated().map { index, stream in
            StreamSession(
                index: index,
                keys: configuration.keys(of: stream),
                group: configuration.group,
                partitions: configuration.partitions,
                client: main,
                limits: configuration.limits
            )
        }
        let deliverer = Deliverer(
            state: DeliveryState(
                ratePerSecond: configuration.rateLimit,
                maxInFlight: configuration.loops.maxInFlight,
                retry: configuration.retry
            ),
            send: { await loops.send($0) },
            testKey: { await loops.testKey() },
            metrics: metrics,
            logger: logger,
            onEnds: { ends in
                // The ends of one call are of one lane, so of one stream.
                if let stream = ends.first?.stream { sessions[stream].ended(ends) }
            }
        )
        self.blocking = configuration.streams.map { _ in RedisClient(configuration: configuration.redis, logger: logger)
        }
        self.waiters = zip(sessions, blocking).map { session, client in
            EntryWaiter(stream: session.keys.stream, client: client, readable: session.readable)
        }
        self.readers = zip(sessions, waiters).map { session, waiter in
            StreamReader(
                session: session,
                waiter: waiter,
                planner: planner,
                configuration: configuration,
                metrics: metrics.stream(session.index),
                logger: logger,
                admit: { deliverer.admit($0) },
                end: { session.ended($0) }
            )
        }
        self.acknowledgers = sessions.map { session in
            Acknowledger(
                session: session,
                deadLetterMaxLength: configuration.deadLetterMaxLength,
                ends: ends,
                logger: logger
            )
        }
        self.pollers = sessions.map { StreamPoller(session: $0, group: configuration.group, factory: factory) }
        self.configuration = configuration
        self.rules = rules
        self.reloads = ClosedCounters(
            "config_reloads_total",
            label: "result",
            values: ["accepted", "refused"],
            factory: factory
        )
        self.main = main
        self.sessions = sessions
        self.deliverer = deliverer
        self.ends = ends
        self.gauges = ProcessGauges(factory: factory)
        self.logger = logger
    }

    /// What the bridge is doing now.
    public var status: BridgeStatus {
        BridgeStatus(
            instance: configuration.instance,
            group: configuration.group,
            redisConnected: main.isConnected,
            delivery: deliverer.snapshot,
            streams: pollers.map(\.status),
            ends: ends.counts
        )
    }

    /// Uses other mappings for what is read from now on. What has been read keeps the requests that it had.
    public func reload(_ destination: Destination) {
        rules.replace(destination)
        reloads.increment("accepted")
    }

    /// Counts mappings that could not be used; those in force stay.
    public func reloadRefused() { reloads.increment("refused") }

    /// Sets the gauges that show an instant; call it before they are looked at.
    public func refreshGauges() { gauges.set(status) }

    /// Ends that Redis has confirmed, as they come. One listener.
    public var confirmedEnds: EndTally { ends }

    /// Carries events until a graceful shutdown or a cancellation, then stops cleanly: ends what is under way within the grace period,
    /// acknowledges it, and leaves the rest pending in Redis.
    ///
    /// - Throws: what makes going on wrong: another process has taken over, or the configuration does not fit the group.
    public func run() async throws {
        let stop = Wakeup()
        // A task of its own: a cancellation must not cut off the acknowledgements of what was delivered. It ends by itself within the
        // grace period.
        let work = Task { try await self.serve(until: stop) }
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

    private func serve(until stop: Wakeup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { connections in
            for client in [main] + blocking { connections.addTask { await client.run() } }
            defer { connections.cancelAll() }
            try await acknowledging { try await self.delivering { try await self.reading(until: stop) } }
        }
    }

    /// Reads until `stop`, or until a reader gives up.
    private func reading(until stop: Wakeup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in readers { group.addTask { try await reader.run() } }
            for waiter in waiters {
                group.addTask {
                    await waiter.run()
                    // A waiter ends only by cancellation; it must not end the group.
                    await Self.untilCancelled()
                }
            }
            for poller in pollers { group.addTask { await poller.run() } }
            group.addTask { _ = await stop.wait() }
            defer { group.cancelAll() }
            try await group.next()
        }
        logger.info("Reading has ended")
    }

    /// Delivers while `body` reads, then lets what is under way end within the grace period.
    private func delivering(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliverer.run() }
            let result: Result<Void, any Error>
            do {
                try await body()
                result = .success(())
            } catch {
                result = .failure(error)
            }
            deliverer.drain()
            let grace = configuration.shutdownGrace
            group.addTask { try? await Task.sleep(for: grace) }
            // The first to end: the deliverer, or the grace period.
            _ = try await group.next()
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    /// Acknowledges while `body` delivers, then flushes.
    private func acknowledging(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Flush.self) { group in
            for acknowledger in acknowledgers { group.addTask { .done(unconfirmed: await acknowledger.run()) } }
            let result: Result<Void, any Error>
            do {
                try await body()
                result = .success(())
            } catch {
                result = .failure(error)
            }
            for session in sessions { session.endsWaiting.finish() }
            group.addTask {
                try? await Task.sleep(for: Self.flushTime)
                return .timeIsUp
            }
            var unconfirmed = 0
            var running = acknowledgers.count
            while running > 0, let flush = try await group.next() {
                switch flush {
                case .done(let count):
                    running -= 1
                    unconfirmed += count
                case .timeIsUp: group.cancelAll()
                }
            }
            group.cancelAll()
            if unconfirmed > 0 {
                logger.warning(
                    "Some deliveries could not be acknowledged; their entries stay pending and are taken up again",
                    metadata: ["count": "\(unconfirmed)"]
                )
            }
            try result.get()
        }
    }

    private enum Flush: Sendable {
        case done(unconfirmed: Int)
        case timeIsUp
    }

    /// The time that the last flush of acknowledgements has after the grace period.
    private static let flushTime = Duration.seconds(5)

    private static func untilCancelled() async {
        let never = Wakeup()
        _ = await never.wait()
    }
}
