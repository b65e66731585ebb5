import DequeModule
import HeapModule
import RedisStreams

/// The waiting entries: one first-in-first-out lane per contact, at most one request of a lane under way.
///
/// A value: entries and results go in, starts and ends come out. Invariants, each a test:
/// - a step starts only after every step of the lane's earlier entries has ended;
/// - ends of one lane come out in the order of admission;
/// - a lane that waits for its retry, or for its partition's lease, holds no other lane.
struct Lanes: Sendable {
    /// A request that may be sent now.
    struct Start: Sendable {
        let key: LaneKey
        let step: PlannedStep
        /// 1 for the first attempt of the step.
        let attempt: Int
        let entry: StreamID
        let partition: Int
        let tenure: Int
        let isSuspect: Bool
    }

    /// What follows a result.
    struct Outcome: Sendable {
        /// In order.
        var ends: [EntryEnd] = []
        /// An entry that was given up while its request was under way, and did not end with it.
        var given: PlannedEntry?
    }

    /// What came of a started request.
    enum StepResult: Sendable {
        case delivered
        case failed(DeliveryFault)
        /// Try again, not before this instant. `counts`: whether the failure counts against the event.
        case retry(at: ContinuousClock.Instant, counts: Bool)
        /// It was not sent after all: it is as if it had not been started.
        case unsent
    }

    private enum State: Sendable {
        case ready
        case underWay
        case waiting(until: ContinuousClock.Instant)
        /// Its partition's lease is not good enough to start.
        case parked
    }

    private struct Lane: Sendable {
        var state: State
        var entries: Deque<PlannedEntry>
        /// Whether its head was given up while under way.
        var isAbandoned = false
    }

    private struct Alarm: Comparable, Sendable {
        let due: ContinuousClock.Instant
        let key: LaneKey
        static func < (a: Alarm, b: Alarm) -> Bool { a.due < b.due }
        static func == (a: Alarm, b: Alarm) -> Bool { a.due == b.due }
    }

    private var lanes: [LaneKey: Lane] = [:]
    private var ready: Deque<LaneKey> = []
    private var parked: [LaneKey] = []
    private var alarms: Heap<Alarm> = []

    /// Entries that have not ended.
    private(set) var count = 0
    /// Requests that were started and have not ended.
    private(set) var underWay = 0
    /// Lanes that wait for a retry.
    private(set) var blocked = 0

    /// Contacts that have entries.
    var contacts: Int { lanes.count }
    var isEmpty: Bool { lanes.isEmpty }

    /// Takes an entry behind all earlier ones of its contact.
    /// - Returns: the ends that follow at once: an entry without requests, when nothing is before it.
    mutating func admit(_ entry: PlannedEntry) -> [EntryEnd] {
        count += 1
        if lanes[entry.lane] != nil {
            lanes[entry.lane]?.entries.append(entry)
            return []
        }
        lanes[entry.lane] = Lane(state: .ready, entries: [entry])
        return settle(entry.lane)
    }

    /// The next request that may start, oldest readiness first. The caller holds a permit for it.
    /// - Parameter mayStart: whether the lease of the entry's partition allows it; otherwise the lane waits for ``unpark()``.
    mutating func start(
        now: ContinuousClock.Instant,
        mayStart: (_ entry: PlannedEntry) -> Bool = { _ in true }
    ) -> Start? {
        wakeDue(now)
        while let key = ready.popFirst() {
            // A lane that was given up may have left its key behind.
            guard case .ready? = lanes[key]?.state, var lane = lanes.removeValue(forKey: key),
                var head = lane.entries.first
            else { continue }
            guard mayStart(head) else {
                lane.state = .parked
                lanes[key] = lane
                parked.append(key)
                continue
            }
            head.attempts += 1
            if head.firstAttempt == nil { head.firstAttempt = now }
            lane.entries[0] = head
            lane.state = .underWay
            lanes[key] = lane
            underWay += 1
            return Start(
                key: key,
                step: head.steps[head.nextStep],
                attempt: head.failures + 1,
                entry: head.id,
                partition: head.partition,
                tenure: head.tenure,
                isSuspect: head.isSuspect
            )
        }
        return nil
    }

    /// Leases were renewed: lanes that waited for that may try again.
    /// - Returns: whether there were any.
    mutating func unpark() -> Bool {
        defer { parked = [] }
        var woke = false
        for key in parked {
            guard case .parked? = lanes[key]?.state else { continue }
            lanes[key]?.state = .ready
            ready.append(key)
            woke = true
        }
        return woke
    }

    /// When the next waiting lane becomes ready; nil when none waits.
    var nextDue: ContinuousClock.Instant? { alarms.min?.due }

    /// The head entry of a lane whose request is under way.
    func head(of key: LaneKey) -> PlannedEntry? { lanes[key]?.entries.first }

    /// Takes the result of a request that ``start(now:mayStart:)`` gave out.
    mutating func finish(_ key: LaneKey, _ result: StepResult) -> Outcome {
        guard var lane = lanes.removeValue(forKey: key), case .underWay = lane.state, var head = lane.entries.first
        else {
            preconditionFailure("a result for a lane with no request under way")
        }
        underWay -= 1
        switch result {
        case .delivered:
            head.advance()
        case .failed(let fault):
            head.faults.append(fault)
            head.advance()
        case .retry(_, let counts):
            if counts { head.failures += 1 }
        case .unsent:
            head.attempts -= 1
        }
        lane.entries[0] = head
        if lane.isAbandoned && !head.isFinished {
            // Its partition was lost meanwhile. The next owner takes it up from the beginning.
            count -= 1
            return Outcome(given: head)
        }
        switch result {
        case .delivered, .failed:
            lane.state = .ready
            lanes[key] = lane
            return Outcome(ends: settle(key))
        case .retry(let due, _):
            lane.state = .waiting(until: due)
            alarms.insert(Alarm(due: due, key: key))
            blocked += 1
        case .unsent:
            lane.state = .parked
            parked.append(key)
        }
        lanes[key] = lane
        return Outcome()
    }

    /// Gives up what waits of one partition. Heads under way come home by ``finish(_:_:)``.
    /// - Returns: the entries that were given up.
    mutating func abandon(stream: Int, partition: Int) -> [PlannedEntry] {
        var given: [PlannedEntry] = []
        // A contact is in one partition, so a lane is given up as a whole.
        for (key, lane) in lanes where key.stream == stream && lane.entries.first?.partition == partition {
            if case .underWay = lane.state {
                given += lane.entries.dropFirst()
                lanes[key]?.entries.removeLast(lane.entries.count - 1)
                lanes[key]?.isAbandoned = true
            } else {
                given += lane.entries
                if case .waiting = lane.state { blocked -= 1 }
                lanes[key] = nil
            }
        }
        count -= given.count
        return given
    }

    /// Makes every waiting lane ready: Loops is back, nobody has to wait out a delay that was meant for its absence.
    mutating func hurry() {
        while let alarm = alarms.popMin() { wake(alarm) }
    }

    /// Ends the entries at the head of a lane that have no request left, and makes the lane ready for the first that has.
    private mutating func settle(_ key: LaneKey) -> [EntryEnd] {
        guard var lane = lanes.removeValue(forKey: key) else { return [] }
        var ends: [EntryEnd] = []
        while let head = lane.entries.first, head.isFinished {
            ends.append(head.end)
            lane.entries.removeFirst()
            count -= 1
        }
        if !lane.entries.isEmpty {
            lane.state = .ready
            lanes[key] = lane
            ready.append(key)
        }
        return ends
    }

    private mutating func wakeDue(_ now: ContinuousClock.Instant) {
        while let alarm = alarms.min, alarm.due <= now {
            alarms.removeMin()
            wake(alarm)
        }
    }

    private mutating func wake(_ alarm: Alarm) {
        guard case .waiting(alarm.due)? = lanes[alarm.key]?.state else { return }
        lanes[alarm.key]?.state = .ready
        ready.append(alarm.key)
        blocked -= 1
    }
}

extension PlannedEntry {
    fileprivate mutating func advance() {
        nextStep += 1
        failures = 0
        firstAttempt = nil
    }

    fileprivate var end: EntryEnd {
        let kind: EntryEnd.Kind =
            if isLost {
                .lost
            } else if !faults.isEmpty {
                .deadLettered(faults)
            } else if steps.isEmpty { .ignored } else { .delivered }
        return EntryEnd(
            stream: lane.stream,
            id: id,
            partition: partition,
            size: size,
            kind: kind,
            attempts: attempts,
            contact: lane.contact,
            occurredAt: occurredAt
        )
    }
}
