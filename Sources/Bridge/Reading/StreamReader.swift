import Logging
import RedisStreams

/// Reads one stream: takes up what is pending in the partitions that this replica owns, then routes and pulls what is new.
///
/// The only one who lets entries in and gives them up again, so that nothing of a lost partition slips in behind its loss.
struct StreamReader: Sendable {
    let session: StreamSession
    let waiter: EntryWaiter
    let planner: Planner
    let rule: String
    let window: Int
    let poisonAfter: Int
    let metrics: StreamMetrics
    let logger: Logger
    let outlet: Outlet

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
    private let logGate: LogGate
    private static let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(5))
    /// Partitions that one call looks through for what a dead owner had in hand, so that Redis is not held up.
    private static let blamedAtOnce = 4
    /// How much further routing goes when a few hot contacts fill the window.
    private static let starvingWindow = 10

    init(
        session: StreamSession,
        waiter: EntryWaiter,
        planner: Planner,
        configuration: BridgeConfiguration,
        metrics: StreamMetrics,
        logger: Logger,
        outlet: Outlet
    ) {
        self.session = session
        self.waiter = waiter
        self.planner = planner
        self.rule = configuration.keyRule
        self.window = configuration.window
        self.poisonAfter = configuration.poisonAfter
        self.metrics = metrics
        self.logger = logger
        self.logGate = LogGate(logger: logger)
        self.outlet = outlet
    }

    /// Reads until the task is cancelled.
    /// - Throws: ``GroupFault`` that no repetition mends.
    func run() async throws {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await applyChanges()
                try await session.clearSurvivors()
                let hasMore = session.isOpen ? try await step() : false
                if failures > 0 {
                    failures = 0
                    session.mended()
                }
                if hasMore { continue }
                guard await session.readable.wait() else { return }
            } catch GroupFault.adoptFirst {
                logger.notice(
                    "Another program left pending entries; they come first",
                    metadata: ["stream": "\(session.keys.stream)"]
                )
                await retry(&failures) {
                    // Also when its answer was lost: it may have handed entries to partitions that were read already.
                    defer { session.withIntake { $0.rewind() } }
                    try await adopt()
                }
            } catch GroupFault.groupLost(let stream) {
                session.closed("\(GroupFault.groupLost(stream: stream))")
            } catch let fault as GroupFault where !fault.isRetriable {
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
        let (count, readToEnd) = session.withIntake { ($0.routeCount, $0.readToEnd) }
        guard count > 0 else { return false }
        let route = try await session.route(
            count: count,
            window: outlet.isStarving() ? window * Self.starvingWindow : window,
            rule: rule,
            entryBytes: planner.entryBytes,
            readToEnd: readToEnd
        )
        let given = route.given.compactMap { given in given.entries.last.map { (given.partition, $0.id) } }
        session.withIntake {
            $0.routed(to: route.partitions, given: given, entries: route.entries, bytes: route.bytes)
        }
        for (partition, entries) in route.given { take(entries, partition: partition, isNew: true) }
        if let last = route.last { session.routed = last }
        if route.readsAgain { session.withIntake { $0.rewind() } }
        if route.lost > 0 { reportLost(route.lost) }
        session.windowWasFull = route.isFull
        if route.entries > 0 || !route.partitions.isEmpty || route.readsAgain { return true }
        if !route.isFull { waiter.await(after: session.routed) }
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
            case .gained(let partition, let tenure, _, _):
                // Else the end of the pause opens it.
                if session.pause == nil { session.withIntake { $0.open(partition, tenure: tenure) } }
            case .lost(let partition), .draining(let partition), .released(let partition):
                session.withIntake { $0.close(partition) }
                outlet.abandon(partition)
            case .rewind:
                session.withIntake { $0.rewind() }
            case .paused:
                // What waits is planned anew after the pause, by the mappings in force at that time.
                for (partition, _) in session.withLeases({ $0.held }) {
                    session.withIntake { $0.close(partition) }
                    outlet.abandon(partition)
                }
            case .resumed:
                for (partition, tenure) in session.withLeases({ $0.held }) where session.pause == nil {
                    session.withIntake { $0.open(partition, tenure: tenure) }
                }
            }
        }
    }

    private func adopt() async throws {
        var after: StreamID? = .zero
        var moved = 0
        while let cursor = after {
            let count = max(1, session.withIntake { $0.routeCount })
            let answer = try await session.adopt(
                after: cursor,
                count: count,
                rule: rule,
                entryBytes: planner.entryBytes
            )
            moved += answer.moved
            if answer.gone > 0 { reportLost(answer.gone) }
            after = answer.next
        }
        logger.notice(
            "The pending entries of another program were taken over",
            metadata: ["stream": "\(session.keys.stream)", "count": "\(moved)"]
        )
    }

    private func pull(_ pulls: [Intake.Pull], most: Int) async throws {
        let answers = try await session.pull(pulls, most: most)
        let isFull = answers.reduce(0) { $0 + ($1?.entries.count ?? 0) } >= most
        for (number, (pull, pulled)) in zip(pulls, answers).enumerated() {
            guard let pulled else {
                metrics.fenced(.pull)
                session.withIntake { $0.refused(pull) }
                session.beatWanted.signal()
                continue
            }
            session.withIntake {
                $0.pulled(
                    pull,
                    entries: pulled.entries.count,
                    last: pulled.entries.last?.id,
                    // A suspect may turn out to have ended here: what comes after it must not be forgotten.
                    suspectWaits: pulled.suspectWaits || pulled.deaths > 0,
                    isCut: isFull && number == answers.count - 1
                )
            }
            take(pulled.entries, partition: pull.partition, deaths: pulled.deaths)
        }
    }

    /// - Parameters:
    ///   - deaths: those that the one entry was present at, if it is a suspect.
    ///   - isNew: whether they come straight from the stream, and nobody had them in hand before.
    private func take(_ entries: [StreamEntry], partition: Int, deaths: Int = 0, isNew: Bool = false) {
        var planned: [PlannedEntry] = []
        for entry in entries {
            let isSuspect = deaths > 0
            let size = entry.byteCount
            let mark = EntryMark(entry)
            switch session.withIntake({ $0.admit(mark, partition: partition, bytes: size, isSuspect: isSuspect) }) {
            case .inHand: continue
            case .ended:
                metrics.knownAlready()
                session.ended([EntryEnd(entry, session.index, partition, .repeated)])
            case .deadLettered(var end):
                metrics.knownAlready()
                end.isRepetition = true
                session.ended([end])
            case .new(let tenure):
                var entry = plan(entry, partition: partition, size: size, deaths: deaths, tenure: tenure)
                entry.isFirstDelivery = isNew
                planned.append(entry)
            }
        }
        metrics.entriesRead(planned.count)
        if !planned.isEmpty { outlet.admit(planned) }
    }

    private func plan(_ entry: StreamEntry, partition: Int, size: Int, deaths: Int, tenure: Int) -> PlannedEntry {
        var planned: PlannedEntry
        if entry.fields == nil {
            planned = .lost(entry.id, stream: session.index, partition: partition, size: size)
        } else if deaths >= poisonAfter {
            planned = .poison(entry.id, deaths: deaths, stream: session.index, partition: partition, size: size)
        } else {
            planned = planner.plan(entry, stream: session.index, partition: partition, size: size)
        }
        planned.tenure = tenure
        planned.isSuspect = deaths > 0
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

    private func reportLost(_ count: Int) {
        metrics.lostUnread(count)
        logGate.log(
            .error,
            key: "lost",
            "Entries were trimmed or deleted before they could be read: their events are lost",
            metadata: ["stream": "\(session.keys.stream)", "count": "\(count)"]
        )
    }

    private func retry(_ failures: inout Int, _ body: () async throws -> Void) async {
        do { try await body() } catch { await pause(&failures, error) }
    }

    private func pause(_ failures: inout Int, _ error: any Error) async {
        session.faulted("\(error)")
        failures += 1
        logGate.log(
            .warning,
            key: "read",
            "Reading the stream failed and is repeated",
            metadata: ["stream": "\(session.keys.stream)", "error": "\(error)"]
        )
        let delay = Self.backoff.delay(afterFailures: failures, random: 0.5 + .random(in: 0..<0.5))
        try? await clock.sleep(for: delay)
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
