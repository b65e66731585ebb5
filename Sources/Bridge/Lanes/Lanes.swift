import DequeModule
import HeapModule

/// The waiting entries: one first-in-first-out lane per contact, at most one request of a lane under way.
///
/// A value: entries and results go in, starts and ends come out. Invariants, each a test:
/// - a step starts only after every step of the lane's earlier entries has ended;
/// - ends of one lane come out in the order of admission;
/// - a lane that waits for its retry holds no other lane.
struct Lanes: Sendable {
    /// A request that may be sent now.
    struct Start: Sendable {
        let key: LaneKey
        let step: PlannedStep
        /// 1 for the first attempt of the step.
        let attempt: Int
    }

    /// What came of a started request.
    enum StepResult: Sendable {
        case delivered
        case failed(DeliveryFault)
        /// Try again, not before this instant. `counts`: whether the failure counts against the event.
        case retry(at: ContinuousClock.Instant, counts: Bool)
    }

    private enum State: Sendable {
        case ready
        case underWay
        case waiting(until: ContinuousClock.Instant)
    }

    private struct Lane: Sendable {
        var state: State
        var entries: Deque<PlannedEntry>
    }

    private struct Alarm: Comparable, Sendable {
        let due: ContinuousClock.Instant
        let key: LaneKey
        static func < (a: Alarm, b: Alarm) -> Bool { a.due < b.due }
        static func == (a: Alarm, b: Alarm) -> Bool { a.due == b.due }
    }

    private var lanes: [LaneKey: Lane] = [:]
    private var ready: Deque<LaneKey> = []
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
    mutating func start(now: ContinuousClock.Instant) -> Start? {
        wakeDue(now)
        while let key = ready.popFirst() {
            guard var lane = lanes.removeValue(forKey: key), var head = lane.entries.first else { continue }
            head.attempts += 1
            if head.firstAttempt == nil { head.firstAttempt = now }
            lane.entries[0] = head
            lane.state = .underWay
            lanes[key] = lane
            underWay += 1
            return Start(key: key, step: head.steps[head.nextStep], attempt: head.failures + 1)
        }
        return nil
    }

    /// Whether ``start(now:)`` would give something.
    func hasStart(now: ContinuousClock.Instant) -> Bool {
        !ready.isEmpty || (nextDue.map { $0 <= now } ?? false)
    }

    /// When the next waiting lane becomes ready; nil when none waits.
    var nextDue: ContinuousClock.Instant? { alarms.min?.due }

    /// The head entry of a lane whose request is under way.
    func head(of key: LaneKey) -> PlannedEntry? { lanes[key]?.entries.first }

    /// Takes the result of a request that ``start(now:)`` gave out.
    /// - Returns: the ends that follow, in order.
    mutating func finish(_ key: LaneKey, _ result: StepResult) -> [EntryEnd] {
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
        case .retry(let due, let counts):
            if counts { head.failures += 1 }
            lane.entries[0] = head
            lane.state = .waiting(until: due)
            lanes[key] = lane
            alarms.insert(Alarm(due: due, key: key))
            blocked += 1
            return []
        }
        lane.entries[0] = head
        lane.state = .ready
        lanes[key] = lane
        return settle(key)
    }

    /// Makes every waiting lane ready: Loops is back, nobody has to wait out a delay that was meant for its absence.
    mutating func hurry() {
        while let alarm = alarms.popMin() { wake(alarm) }
    }

    /// Gives up all entries that are not under way and returns how many: they stay pending in Redis, for the next process.
    mutating func abandonWaiting() -> Int {
        let before = count
        lanes = lanes.filter { if case .underWay = $0.value.state { true } else { false } }
        for key in lanes.keys {
            if let surplus = lanes[key].map({ $0.entries.count - 1 }), surplus > 0 {
                lanes[key]?.entries.removeLast(surplus)
            }
        }
        ready.removeAll()
        alarms = []
        blocked = 0
        count = lanes.count
        return before - count
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
            if !faults.isEmpty { .deadLettered(faults) } else if steps.isEmpty { .ignored } else { .delivered }
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
