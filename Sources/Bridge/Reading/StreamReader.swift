import Logging
import RedisStreams

/// Reads one stream: opens the group, takes up what is pending from its beginning, then routes and pulls what is new.
struct StreamReader: Sendable {
    let session: StreamSession
    let waiter: EntryWaiter
    let planner: Planner
    let groupStart: String
    let instance: String
    let window: Int
    let metrics: StreamMetrics
    let logger: Logger
    /// Where planned entries go.
    let admit: @Sendable ([PlannedEntry]) -> Void
    /// Where ends go that need no lane.
    let end: @Sendable ([EntryEnd]) -> Void

    private let clock = ContinuousClock()
    private let logGate: LogGate
    private static let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(5))

    init(
        session: StreamSession,
        waiter: EntryWaiter,
        planner: Planner,
        configuration: BridgeConfiguration,
        metrics: StreamMetrics,
        logger: Logger,
        admit: @escaping @Sendable ([PlannedEntry]) -> Void,
        end: @escaping @Sendable ([EntryEnd]) -> Void
    ) {
        self.session = session
        self.waiter = waiter
        self.planner = planner
        self.groupStart = configuration.groupStart
        self.instance = configuration.instance
        self.window = configuration.window
        self.metrics = metrics
        self.logger = logger
        self.logGate = LogGate(logger: logger)
        self.admit = admit
        self.end = end
    }

    /// Reads until the task is cancelled.
    /// - Throws: ``GroupFault`` that no repetition mends.
    func run() async throws {
        var failures = 0
        var wasOpen = false
        while !Task.isCancelled {
            do {
                let (isNew, routed) = try await session.open(start: groupStart, instance: instance)
                if isNew && wasOpen {
                    metrics.groupRecreated()
                    logger.warning(
                        "The consumer group was gone and was made again",
                        metadata: ["stream": "\(session.keys.stream)", "start": "\(groupStart)"]
                    )
                }
                wasOpen = true
                try await read(after: routed) { failures = 0 }
            } catch let fault as GroupFault where !fault.isRetriable {
                session.closed(fault.description)
                throw fault
            } catch {
                if Task.isCancelled { return }
                session.closed("\(error)")
                failures += 1
                logGate.log(
                    .warning,
                    key: "read",
                    "Reading the stream failed and is repeated",
                    metadata: ["error": "\(error)"]
                )
                let delay = Self.backoff.delay(afterFailures: failures, random: 0.5 + .random(in: 0..<0.5))
                try? await clock.sleep(for: delay)
            }
        }
    }

    private func read(after routed: StreamID, succeeded: () -> Void) async throws {
        var routed = routed
        while !Task.isCancelled {
            let pulls = session.withIntake { $0.pulls() }
            if !pulls.isEmpty {
                try await pull(pulls)
                succeeded()
                continue
            }
            let count = session.withIntake { $0.routeCount }
            if count > 0 {
                let route = try await self.route(count: count)
                succeeded()
                if let last = route.last { routed = last }
                if route.entries > 0 { continue }
                if !route.isFull { waiter.await(after: routed) }
            }
            guard await session.readable.wait() else { return }
        }
    }

    private func route(count: Int) async throws -> RouteAnswer {
        let value = try await session.call(
            StreamScripts.route,
            [session.partitions, count, window, planner.entryBytes].map { .string(String($0)) }
                + planner.contactPaths.map { .string($0) }
        )
        let answer = try RouteAnswer(value)
        session.withIntake { $0.routed(to: answer.partitions, entries: answer.entries, bytes: answer.bytes) }
        return answer
    }

    private func pull(_ pulls: [Intake.Pull]) async throws {
        let value = try await session.call(
            StreamScripts.pull,
            pulls.flatMap { pull -> [RedisArgument] in
                [
                    .string(PartitionName.of(pull.partition)), .string(pull.after.description),
                    .string(String(pull.count)),
                ]
            }
        )
        guard case .array(let lists) = value, lists.count == pulls.count else {
            throw RedisError(.unexpectedReply("pull"), command: "EVALSHA", mayHaveBeenApplied: true)
        }
        for (pull, list) in zip(pulls, lists) {
            let entries = try StreamEntry.list(from: list)
            session.withIntake { $0.pulled(pull, entries: entries.count, last: entries.last?.id) }
            take(entries, partition: pull.partition)
        }
    }

    private func plan(_ entry: StreamEntry, partition: Int, size: Int) -> PlannedEntry {
        let planned = planner.plan(entry, stream: session.index, partition: partition, size: size)
        for kind in planned.adjustments { metrics.adjusted(kind) }
        if planned.isOversized {
            metrics.oversized()
            logGate.log(
                .warning,
                key: "oversized",
                "An entry is larger than Segment would take",
                metadata: ["stream": "\(session.keys.stream)", "id": "\(entry.id)", "bytes": "\(size)"]
            )
        }
        return planned
    }

    private func take(_ entries: [StreamEntry], partition: Int) {
        var planned: [PlannedEntry] = []
        var ends: [EntryEnd] = []
        for entry in entries {
            let size = entry.byteCount
            switch session.withIntake({ $0.admit(entry.id, partition: partition, bytes: size) }) {
            case .inHand: continue
            case .ended:
                ends.append(EntryEnd(entry, session.index, partition, .repeated))
            case .new where entry.fields == nil:
                ends.append(EntryEnd(entry, session.index, partition, .lost))
            case .new:
                planned.append(plan(entry, partition: partition, size: size))
            }
        }
        metrics.entriesRead(planned.count)
        if !ends.isEmpty { end(ends) }
        if !planned.isEmpty { admit(planned) }
    }
}

extension EntryEnd {
    fileprivate init(_ entry: StreamEntry, _ stream: Int, _ partition: Int, _ kind: Kind) {
        self.init(
            stream: stream,
            id: entry.id,
            partition: partition,
            size: entry.byteCount,
            kind: kind,
            attempts: 0,
            contact: entry.id.description,
            occurredAt: nil
        )
    }
}

extension StreamEntry {
    /// The bytes of names and values, and a little for the entry itself.
    var byteCount: Int { (fields ?? []).reduce(64) { $0 + $1.name.count + $1.value.count } }
}
