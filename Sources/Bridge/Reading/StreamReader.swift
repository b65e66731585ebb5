import Logging
import RedisStreams
import Segment

/// Reads one stream: takes up what is pending in the partitions that this replica owns, then routes and pulls what is new.
///
/// The only one who lets entries in and gives them up again, so that nothing of a lost partition slips in behind its loss.
struct StreamReader: Sendable {
    let session: StreamState
    let waiter: NewEntryListener
    let planner: EntryPlanner
    let rule: String
    let window: Int
    let maxCrashes: Int
    let metrics: StreamMetrics
    let logger: Logger
    let outlet: Outlet
    private let adoption: Adoption

    /// Where what was read goes.
    struct Outlet: Sendable {
        /// Takes planned entries into their lanes.
        let admit: @Sendable ([PlannedEntry]) -> Void
        /// Gives up what waits of a partition in its lanes.
        let abandon: @Sendable (_ partition: Int) -> Void
        /// Whether so few contacts wait that the budget cannot be used.
        let isStarving: @Sendable () -> Bool
    }

    private let clock = ContinuousClock()
    private let logThrottle: LogThrottle
    private static let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(5))
    /// Partitions that one call looks through for what a dead owner had in hand, so that Redis is not held up.
    private static let blamedAtOnce = 4
    /// How much further routing goes when a few hot contacts fill the window.
    private static let starvingWindow = 10

    init(
        session: StreamState,
        waiter: NewEntryListener,
        planner: EntryPlanner,
        configuration: BridgeConfiguration,
        metrics: StreamMetrics,
        logger: Logger,
        outlet: Outlet
    ) {
        self.session = session
        self.waiter = waiter
        self.planner = planner
        self.rule = configuration.keyRule
        self.window = configuration.maxPending
        self.maxCrashes = configuration.maxCrashes
        self.metrics = metrics
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger)
        self.outlet = outlet
        self.adoption = Adoption(session: session, rule: configuration.keyRule, metrics: metrics, logger: logger)
    }

    /// Reads until the task is cancelled.
    /// - Throws: ``GroupError`` that no repetition mends.
    func run() async throws {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await applyChanges()
                try await session.clearSurvivors()
                let hasMore = session.isOpen && session.isKnown ? try await step() : false
                if failures > 0 {
                    failures = 0
                    session.mended()
                }
                if hasMore { continue }
                guard await session.readable.wait() else { return }
            } catch GroupError.adoptFirst {
                await retry(&failures) { try await adoption.run(decoder: planner.decoder) }
            } catch GroupError.again {
                continue
            } catch GroupError.incarnationChanged {
                session.beatWanted.signal()
                guard await session.readable.wait() else { return }
            } catch GroupError.groupLost(let stream) {
                session.closed("\(GroupError.groupLost(stream: stream))")
            } catch let fault as GroupError where !fault.isRetryable {
                session.faulted(fault.description)
                throw fault
            } catch {
                if Task.isCancelled { return }
                // Redis may have routed entries to partitions that nobody has heard of: all are looked at again.
                if (error as? RedisError)?.mayHaveBeenApplied == true { session.withIntake { $0.rewind() } }
                await pause(&failures, error)
            }
        }
    }

    /// Reads once.
    /// - Returns: whether there may be more to read at once.
    private func step() async throws -> Bool {
        // What is not routed waits as lag, for another replica or for the end of the pause.
        if session.isHeld { return false }
        let (pulls, most) = session.withIntake { ($0.pulls(), $0.pullCount) }
        if !pulls.isEmpty {
            try await pull(pulls, most: most)
            return true
        }
        let (count, caughtUpPartitions) = session.withIntake { ($0.routeCount, $0.caughtUpPartitions) }
        guard count > 0 else { return false }
        guard let peek = try await peek(count) else { return true }
        let claim = session.takePassed()
        let route = try await session.route(
            peek,
            window: outlet.isStarving() ? window * Self.starvingWindow : window,
            rule: rule,
            passed: peek.entries.isEmpty && claim?.position == peek.from ? claim?.passed : nil,
            caughtUpPartitions: peek.isUnreadable ? [] : caughtUpPartitions
        )
        session.routed = route.position
        let given = take(route, of: peek)
        session.withIntake {
            $0.routed(to: route.partitions, given: given, entries: route.entries, bytes: peek.bytes)
        }
        if route.readsAgain { session.readsAgain() }
        if route.lost > 0 { reportLost(route.lost) }
        session.windowWasFull = route.isFull
        if claim == nil, let added = route.added, added != route.passed {
            // What was added and never passed is gone, unless something is found behind the position.
            session.notePassed(added, at: route.position)
            return true
        }
        if route.entries > 0 || !route.partitions.isEmpty { return true }
        // Where another replica was first, there may be more behind what it has routed.
        if !route.isFull { waiter.await(after: route.position) }
        return false
    }

    /// Applies what the lease keeper learned, in order.
    private func applyChanges() async throws {
        let changes = session.takeChanges()
        let gained = changes.compactMap { if case .gained(let partition, _, _, _) = $0 { partition } else { nil } }
        if !gained.isEmpty {
            do {
                for begin in stride(from: 0, to: gained.count, by: Self.blamedAtOnce) {
                    let some = Array(gained[begin..<min(begin + Self.blamedAtOnce, gained.count)])
                    metrics.entriesRedelivered(try await session.blame(some))
                }
            } catch {
                session.putBack(changes)
                throw error
            }
        }
        for change in changes {
            switch change {
            case .gained(let partition, let tenure, _, _): open(partition, tenure)
            case .reread(let partition, let tenure):
                close(partition)
                open(partition, tenure)
            case .lost(let partition), .draining(let partition), .released(let partition): close(partition)
            case .incarnationChanged:
                // The position of another history means nothing in this one.
                session.routed = .zero
                session.goneBack()
            case .paused:
                // What waits is planned anew after the pause, by the mappings in force at that time.
                for (partition, _) in session.withLeases({ $0.held }) { close(partition) }
            case .resumed:
                // What was given up stays pending: it is read again, in a new tenure.
                session.readsAgain()
            }
        }
    }

    private func close(_ partition: Int) {
        session.withIntake { $0.close(partition) }
        outlet.abandon(partition)
    }

    /// Opens a partition for reading, unless its tenure is over again, or it is on its way out, or a pause holds: its end begins another tenure.
    private func open(_ partition: Int, _ tenure: Int) {
        guard session.pause == nil,
            session.withLeases({ $0.held.contains { $0.partition == partition && $0.tenure == tenure } })
        else { return }
        session.withIntake { $0.open(partition, tenure: tenure) }
    }

    /// Reads what has not been routed yet.
    /// - Returns: nil when that was too large for one answer: the next read asks for less.
    private func peek(_ count: Int) async throws -> Peek? {
        do {
            return try await session.peek(count: count, decoder: planner.decoder)
        } catch let error as RedisError {
            guard case .replyTooLarge(let reply) = error.reason else { throw error }
            let isSingle = session.withIntake { $0.wasTooLarge(entries: count, bytes: reply.limit) }
            // One entry alone is as large the next time: it is given up by its ID.
            guard isSingle else { return nil }
            // Without its ID nothing can be done about it: that is told, and not asked again at once.
            guard let id = reply.firstEntry else { throw error }
            return session.peek(unreadable: id)
        }
    }

    private func pull(_ pulls: [FetchPlanner.Fetch], most: Int) async throws {
        let grants = try await session.grants(pulls, most: most)
        do {
            let contents = try await session.contents(grants, of: pulls)
            take(grants, contents, of: pulls, most: most)
        } catch let error as RedisError {
            guard case .replyTooLarge(let reply) = error.reason else { throw error }
            let count = grants.reduce(0) { $0 + ($1?.count ?? 0) }
            let isSingle = session.withIntake { $0.wasTooLarge(entries: count, bytes: reply.limit) }
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
                session.withIntake { $0.refused(pull) }
                session.beatWanted.signal()
                continue
            }
            session.withIntake {
                $0.pulled(
                    pull,
                    entries: grant.count,
                    last: grant.last,
                    // A suspect may turn out to have ended here: what comes after it must not be forgotten.
                    suspectWaits: grant.suspectWaits || grant.deaths > 0,
                    isCut: isFull && number == grants.count - 1
                )
            }
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
            let admission = session.withIntake {
                $0.admit(entry.id, partition: partition, bytes: size, isSuspect: isSuspect)
            }
            guard case .new(let tenure) = admission else { continue }
            var plan =
                isUnreadable
                ? .unreadable(entry.id, stream: session.index, partition: partition, size: size)
                : plan(entry, content, partition: partition, size: size, deaths: deaths)
            plan.tenure = tenure
            plan.isSuspect = isSuspect
            // Straight from the stream: nobody has tried it before, unless Redis went back in time.
            plan.isFirstDelivery = content != nil && !session.hasGoneBack
            planned.append(plan)
            // Planning is what an entry can end a process with: what comes after it is not the entry's fault.
            if isSuspect, deaths < maxCrashes { session.withIntake { $0.survived(entry.id) } }
        }
        session.planned([partition])
        metrics.entriesRead(planned.count)
        if !planned.isEmpty { outlet.admit(planned) }
    }

    private func plan(
        _ entry: StreamEntry,
        _ content: DecodedEntry?,
        partition: Int,
        size: Int,
        deaths: Int
    ) -> PlannedEntry {
        if entry.fields == nil { return .lost(entry.id, stream: session.index, partition: partition, size: size) }
        if deaths >= maxCrashes {
            return .poison(entry.id, deaths: deaths, stream: session.index, partition: partition, size: size)
        }
        let planned = planner.plan(entry, content, stream: session.index, partition: partition, size: size)
        for kind in planned.adjustments { metrics.adjusted(kind) }
        if planned.isOversized {
            metrics.oversized()
            logThrottle.log(
                .warning,
                key: "oversized",
                "An entry is larger than Segment would take",
                metadata: ["stream": "\(session.keys.stream)", "id": "\(entry.id)", "bytes": "\(size)"]
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
            metadata: ["stream": "\(session.keys.stream)", "count": "\(count)"]
        )
    }

    private func retry(_ failures: inout Int, _ body: () async throws -> Void) async {
        do { try await body() } catch { await pause(&failures, error) }
    }

    private func pause(_ failures: inout Int, _ error: any Error) async {
        session.faulted("\(error)")
        failures += 1
        logThrottle.failed(
            error,
            key: "read",
            "Failed to read the stream; retrying",
            metadata: ["stream": "\(session.keys.stream)"]
        )
        let delay = Self.backoff.delay(afterFailures: failures, random: 0.5 + .random(in: 0..<0.5))
        try? await clock.sleep(for: delay)
    }
}

extension StreamEntry {
    /// The bytes of names and values, and a little for the entry itself.
    var byteCount: Int { (fields ?? []).reduce(64) { $0 + $1.name.count + $1.value.count } }
}
