import Logging
import RedisStreams
import Segment
import StreamGroups

/// Reads one stream: takes up what is pending in the partitions that this replica owns, then routes and pulls what is new.
///
/// Invariant, ownership: only this task admits and abandons entries, so that an entry of a lost partition is never admitted after the loss.
struct StreamReader: Sendable {
    let state: StreamState
    let newEntries: NewEntryListener
    let planner: EntryPlanner
    let rule: String
    let window: Int
    let maxCrashes: Int
    let metrics: StreamMetrics
    let logger: Logger
    private let deliverer: Deliverer
    private let faults: FaultInjection
    private let adoption: Adoption

    private let clock = ContinuousClock()
    private let logThrottle: LogThrottle
    private static let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(5))
    /// Partitions that one call looks through for what a dead owner had in hand, so that Redis is not held up.
    private static let blamedAtOnce = 4
    /// How much further routing goes when a few hot contacts fill the window.
    private static let starvingWindow = 10

    init(
        state: StreamState,
        newEntries: NewEntryListener,
        planner: EntryPlanner,
        configuration: BridgeConfiguration,
        metrics: StreamMetrics,
        deliverer: Deliverer,
        faults: FaultInjection = FaultInjection(),
        logger: Logger
    ) {
        self.state = state
        self.newEntries = newEntries
        self.planner = planner
        self.rule = configuration.keyRule
        self.window = configuration.maxPending
        self.maxCrashes = configuration.maxCrashes
        self.metrics = metrics
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger)
        self.deliverer = deliverer
        self.faults = faults
        self.adoption = Adoption(state: state, rule: configuration.keyRule, metrics: metrics, logger: logger)
    }

    /// Reads until the task is cancelled.
    /// - Throws: ``GroupError`` that no repetition mends.
    func run() async throws {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await applyChanges()
                try await state.clearCrashCounts()
                let hasMore = try await step()
                if failures > 0 {
                    failures = 0
                    state.recovered()
                }
                if hasMore { continue }
                guard await state.work.wait() else { return }
            } catch GroupError.adoptFirst {
                await retry(&failures) { try await adoption.run(decoder: planner.decoder) }
            } catch GroupError.again {
                continue
            } catch GroupError.incarnationChanged {
                state.heartbeat.signal()
                guard await state.work.wait() else { return }
            } catch GroupError.groupLost(let stream) {
                state.closed("\(GroupError.groupLost(stream: stream))")
            } catch let fault as GroupError where !fault.isRetryable {
                state.failed(fault.description)
                throw fault
            } catch {
                if Task.isCancelled { return }
                // Redis may have routed entries to partitions that nobody has heard of: all are looked at again.
                if (error as? RedisError)?.mayHaveBeenApplied == true { state.rewind() }
                await pause(&failures, error)
            }
        }
    }

    /// Reads once.
    /// - Returns: whether there may be more to read at once.
    private func step() async throws -> Bool {
        switch state.nextRead() {
        case .wait: return false
        case .fetch(let fetches, let most):
            try await pull(fetches, most: most)
            return true
        case .route(let count, let caughtUpPartitions):
            guard let peek = try await peek(count) else { return true }
            return try await route(peek, caughtUpPartitions)
        }
    }

    private func route(_ peek: Peek, _ caughtUpPartitions: [FetchPlanner.End]) async throws -> Bool {
        let claim = state.takePassed()
        let route = try await state.route(
            peek,
            window: deliverer.isStarving ? window * Self.starvingWindow : window,
            rule: rule,
            passed: peek.entries.isEmpty && claim?.position == peek.from ? claim?.passed : nil,
            caughtUpPartitions: peek.isUnreadable ? [] : caughtUpPartitions
        )
        state.routed(to: route.position, isFull: route.isFull)
        let given = take(route, of: peek)
        state.routed(route, given: given, bytes: peek.bytes)
        if route.readsAgain { state.reread() }
        if route.lost > 0 { reportLost(route.lost) }
        if claim == nil, let added = route.added, added != route.passed {
            // What was added and never passed is gone, unless something is found behind the position.
            state.notePassed(added, at: route.position)
            return true
        }
        if route.entries > 0 || !route.partitions.isEmpty { return true }
        // Where another replica was first, there may be more behind what it has routed.
        if !route.isFull { newEntries.await(after: route.position) }
        return false
    }

    /// Applies what the lease keeper learned, in order.
    private func applyChanges() async throws {
        let changes = state.takeChanges()
        let gained = changes.compactMap { if case .gained(let partition, _, _, _) = $0 { partition } else { nil } }
        if !gained.isEmpty {
            do {
                for begin in stride(from: 0, to: gained.count, by: Self.blamedAtOnce) {
                    let some = Array(gained[begin..<min(begin + Self.blamedAtOnce, gained.count)])
                    metrics.entriesRedelivered(try await state.blame(some))
                }
            } catch {
                state.putBack(changes)
                throw error
            }
        }
        for change in changes {
            switch change {
            case .gained(let partition, let tenure, _, _): state.open(partition, tenure: tenure)
            case .reread(let partition, let tenure):
                close(partition)
                state.open(partition, tenure: tenure)
            case .lost(let partition), .draining(let partition), .released(let partition): close(partition)
            case .incarnationChanged:
                state.incarnationChanged()
            case .paused:
                // What waits is planned anew after the pause, by the mappings in force at that time.
                for (partition, _) in state.held { close(partition) }
            case .resumed:
                // What was given up stays pending: it is read again, in a new tenure.
                state.reread()
            }
        }
    }

    private func close(_ partition: Int) {
        state.close(partition)
        deliverer.abandon(stream: state.index, partition: partition)
    }

    /// Reads what has not been routed yet.
    /// - Returns: nil when that was too large for one answer: the next read asks for less.
    private func peek(_ count: Int) async throws -> Peek? {
        do {
            return try await state.peek(count: count, decoder: planner.decoder)
        } catch let error as RedisError {
            guard case .replyTooLarge(let reply) = error.reason else { throw error }
            let isSingle = state.replyWasTooLarge(entries: count, bytes: reply.limit)
            // One entry alone is as large the next time: it is given up by its ID.
            guard isSingle else { return nil }
            // Without its ID nothing can be done about it: that is told, and not asked again at once.
            guard let id = reply.firstEntry else { throw error }
            return state.peek(unreadable: id)
        }
    }

    private func pull(_ pulls: [FetchPlanner.Fetch], most: Int) async throws {
        let grants = try await state.grants(pulls, most: most)
        do {
            let contents = try await state.contents(grants, of: pulls)
            take(grants, contents, of: pulls, most: most)
        } catch let error as RedisError {
            guard case .replyTooLarge(let reply) = error.reason else { throw error }
            let count = grants.reduce(0) { $0 + ($1?.count ?? 0) }
            let isSingle = state.replyWasTooLarge(entries: count, bytes: reply.limit)
            guard isSingle else { return }
            let ids = grants.map { grant in grant?.last.map { [StreamEntry(id: $0, fields: [])] } ?? [] }
            take(grants, ids, of: pulls, most: most, isUnreadable: true)
        }
    }

    private func take(
        _ grants: [PullGrant?],
        _ contents: [[StreamEntry]],
        of pulls: [FetchPlanner.Fetch],
        most: Int,
        isUnreadable: Bool = false
    ) {
        let isFull = grants.reduce(0) { $0 + ($1?.count ?? 0) } >= most
        for (number, (pull, (grant, entries))) in zip(pulls, zip(grants, contents)).enumerated() {
            guard let grant else {
                metrics.fenced(.fetch)
                state.fetchRefused(pull)
                continue
            }
            state.fetched(pull, grant, isCut: isFull && number == grants.count - 1)
            let read = entries.map { (entry: $0, content: DecodedEntry?.none) }
            take(read, partition: pull.partition, deaths: grant.deaths, isUnreadable: isUnreadable)
        }
    }

    /// Takes the new entries that are in this replica's hand with the route's answer.
    /// - Returns: the last one of each partition.
    private func take(_ route: RouteAnswer, of peek: Peek) -> [(partition: Int, last: StreamID)] {
        if route.given.isEmpty { return [] }
        var given: [Int: [(entry: StreamEntry, content: DecodedEntry?)]] = [:]
        for peeked in peek.entries.suffix(route.entries) where route.given.contains(peeked.partition) {
            given[peeked.partition, default: []].append((peeked.entry, peeked.content))
        }
        for (partition, entries) in given { take(entries, partition: partition) }
        return given.compactMap { partition, entries in entries.last.map { (partition, $0.entry.id) } }
    }

    /// - Parameter deaths: those that the one entry was present at, if it is a suspect.
    private func take(
        _ entries: [(entry: StreamEntry, content: DecodedEntry?)],
        partition: Int,
        deaths: Int = 0,
        isUnreadable: Bool = false
    ) {
        var planned: [PlannedEntry] = []
        for (entry, content) in entries {
            let size = entry.byteCount
            let isSuspect = deaths > 0
            let admission = state.accept(entry.id, partition: partition, bytes: size, isSuspect: isSuspect)
            guard case .new(let tenure) = admission else { continue }
            var plan =
                isUnreadable
                ? .unreadable(entry.id, stream: state.index, partition: partition, size: size)
                : plan(entry, content, partition: partition, size: size, deaths: deaths)
            plan.tenure = tenure
            plan.isSuspect = isSuspect
            // Straight from the stream: nobody has tried it before, unless Redis went back in time.
            plan.isFirstDelivery = content != nil && !state.hasGoneBack
            planned.append(plan)
            // Planning is what an entry can end a process with: what comes after it is not the entry's fault.
            if isSuspect, deaths < maxCrashes { state.survived(entry.id) }
        }
        state.planned([partition])
        state.planned(planned)
        metrics.entriesRead(planned.count)
        if planned.isEmpty { return }
        deliverer.enqueue(faults.contactQueue.map { planned.map($0) } ?? planned)
    }

    private func plan(
        _ entry: StreamEntry,
        _ content: DecodedEntry?,
        partition: Int,
        size: Int,
        deaths: Int
    ) -> PlannedEntry {
        if entry.fields == nil { return .lost(entry.id, stream: state.index, partition: partition, size: size) }
        if deaths >= maxCrashes {
            return .poison(entry.id, deaths: deaths, stream: state.index, partition: partition, size: size)
        }
        let planned = planner.plan(entry, content, stream: state.index, partition: partition, size: size)
        for kind in planned.adjustments { metrics.adjusted(kind) }
        if planned.isOversized {
            metrics.oversized()
            logThrottle.log(
                .warning,
                key: "oversized",
                "An entry is larger than Segment would take",
                metadata: ["stream": "\(state.keys.stream)", "id": "\(entry.id)", "bytes": "\(size)"]
            )
        }
        return planned
    }

    private func reportLost(_ count: Int) {
        metrics.lostUnread(count)
        logThrottle.log(
            .error,
            key: "lost",
            "Entries were trimmed before they were read; events lost",
            metadata: ["stream": "\(state.keys.stream)", "count": "\(count)"]
        )
    }

    private func retry(_ failures: inout Int, _ body: () async throws -> Void) async {
        do { try await body() } catch { await pause(&failures, error) }
    }

    private func pause(_ failures: inout Int, _ error: any Error) async {
        state.failed("\(error)")
        failures += 1
        logThrottle.failed(
            error,
            key: "read",
            "Failed to read the stream; retrying",
            metadata: ["stream": "\(state.keys.stream)"]
        )
        let delay = Self.backoff.delay(afterFailures: failures, random: 0.5 + .random(in: 0..<0.5))
        try? await clock.sleep(for: delay)
    }
}
