import DequeModule
import HeapModule
import Loops
import RedisStreams

/// The waiting entries: one first-in-first-out lane per contact, at most one request of a lane under way.
///
/// A value: entries and results go in, starts and ends come out. Invariants, each a test:
/// - a step starts only after every step of the lane's earlier entries has ended, or together with them in one request;
/// - ends of one lane come out in the order of admission;
/// - a lane that waits for its retry, or for its partition's lease, holds no other lane.
struct ContactQueues: Sendable {
    private struct Alarm: Comparable, Sendable {
        let due: ContinuousClock.Instant
        let key: OrderingKey
        static func < (a: Alarm, b: Alarm) -> Bool { a.due < b.due }
        static func == (a: Alarm, b: Alarm) -> Bool { a.due == b.due }
    }

    /// Where a lane stands among the others until one comes or goes: to find it again, its key is not hashed again.
    private typealias Place = Dictionary<OrderingKey, ContactQueue>.Index

    private let coalescing: Coalescing
    private var lanes: [OrderingKey: ContactQueue] = [:]
    private var ready: ReadyQueue
    private var parked: [OrderingKey] = []
    private var alarms: Heap<Alarm> = []
    private var late = LateEffects()
    /// Of the lanes that wait for what Loops may still apply. Apart from the others: nobody hurries these.
    private var settlingAlarms: Heap<Alarm> = []
    private var unsentEnds: [EntryCompletion] = []
    private var unsentGiven: [PlannedEntry] = []

    /// Entries that have not ended.
    private(set) var count = 0
    /// Requests that were started and have not ended.
    private(set) var underWay = 0
    /// Lanes that wait for a retry.
    private(set) var blocked = 0
    /// Lanes that wait since Loops may still apply an earlier request of theirs.
    private(set) var settling = 0

    init(rules: QueueRules = QueueRules()) {
        coalescing = rules.coalescing
        ready = ReadyQueue(weights: rules.weights)
    }

    /// Contacts that have entries.
    var contacts: Int { lanes.count }
    var isEmpty: Bool { lanes.isEmpty }
    /// Those of them that wait for ``unpark()``; one that has gone since may still be counted.
    var parkedCount: Int { parked.count }

    /// Takes an entry behind all earlier ones of its contact.
    /// - Returns: the ends that follow at once: an entry without requests, when nothing is before it.
    mutating func admit(_ entry: PlannedEntry) -> [EntryCompletion] {
        count += 1
        let isAlone = lanes[entry.lane, default: ContactQueue()].append(entry)
        guard isAlone, let place = lanes.index(forKey: entry.lane) else { return [] }
        return settle(entry.lane, place)
    }

    /// Lanes that could start a request at this instant.
    mutating func readyCount(now: ContinuousClock.Instant) -> Int {
        wakeDue(now)
        return ready.count
    }

    /// The entry whose turn it is, if any.
    mutating func next() -> PlannedEntry? { ready.first().flatMap { lanes[$0]?.entries.first } }

    /// The request whose turn it is. The caller holds a permit for it. Entries that end on the way without a request are told by
    /// ``takeEnds()``.
    /// - Parameter mayStart: whether the lease of the entry's partition allows it; otherwise the lane waits for ``unpark()``.
    mutating func start(
        now: ContinuousClock.Instant,
        mayStart: (_ entry: PlannedEntry) -> Bool = { _ in true }
    ) -> Start? {
        wakeDue(now)
        while let key = ready.popFirst() {
            guard let place = lanes.index(forKey: key) else { continue }
            guard mayStart(lanes.values[place].entries[0]) else {
                // What was to be finished before its partition was given back: it is too late for that now.
                let isLeaving = lanes.values[place].leaving != nil
                if isLeaving { unsentGiven += leave(lanes.remove(at: place).value).given } else { park(key, place) }
                continue
            }
            if let expiry = lanes.values[place].expiry, expiry.at <= now {
                lanes.values[place].entries[0].expire(expiry)
                unsentEnds += settle(key, place)
                continue
            }
            var group = lanes.values[place].group(coalescing, now: now)
            if let open = late.of(key, now: now), open.call != group.call {
                // Only the same request once more may go: whichever of the two is applied last, it says the same.
                guard let same = lanes.values[place].group(open, coalescing, now: now) else {
                    settleLater(key, place, until: open.until)
                    continue
                }
                group = same
            }
            ready.started(key.stream)
            underWay += 1
            return lanes.values[place].begin(group, key, now: now)
        }
        return nil
    }

    /// Ends of entries that needed no request, since the last time, in order.
    mutating func takeEnds() -> [EntryCompletion] {
        defer { unsentEnds = [] }
        return unsentEnds
    }

    /// Entries that were to be finished and were given up after all, since the last time.
    mutating func takeGiven() -> [PlannedEntry] {
        defer { unsentGiven = [] }
        return unsentGiven
    }

    /// Leases were renewed: lanes that waited for that may try again.
    /// - Returns: whether there were any.
    mutating func unpark() -> Bool {
        let waiting = parked
        parked = []
        var woke = false
        for key in waiting {
            guard let place = lanes.index(forKey: key), case .parked = lanes.values[place].state else { continue }
            makeReady(key, place)
            woke = true
        }
        return woke
    }

    /// When the next waiting lane becomes ready; nil when none waits.
    var nextDue: ContinuousClock.Instant? { [alarms.min?.due, settlingAlarms.min?.due].compactMap(\.self).min() }

    /// When the request was first tried that a waiting lane has waited for longest; nil when none waits.
    var blockedSince: ContinuousClock.Instant? {
        if blocked == 0 { return nil }
        return lanes.values.lazy.compactMap { lane in
            if case .waiting = lane.state { lane.entries.first?.firstAttempt } else { nil }
        }.min()
    }

    /// The head entry of a lane whose request is under way.
    func head(of key: OrderingKey) -> PlannedEntry? { lanes[key]?.entries.first }

    /// The entries that the lane's last request stood for and that wait now.
    func entries(of start: Start) -> [PlannedEntry] {
        lanes[start.key].map { Array($0.entries.prefix(start.entries)) } ?? []
    }

    /// A request under way did not succeed; its result follows.
    /// - Parameter lateUntil: until when Loops may still apply it, although it was given up.
    mutating func attemptFailed(_ key: OrderingKey, _ answer: LoopsResponse, lateUntil: ContinuousClock.Instant?) {
        guard let place = lanes.index(forKey: key), case .underWay(let group) = lanes.values[place].state
        else { return }
        lanes.values[place].entries[0].history.failed(answer, lateUntil: lateUntil)
        if let lateUntil, group.call.changesContact { late.note(key, group.call, reach: group.reach, until: lateUntil) }
    }

    /// Takes the result of a request that ``start(now:mayStart:)`` gave out.
    mutating func finish(_ key: OrderingKey, _ result: AttemptResult) -> Outcome {
        guard let place = lanes.index(forKey: key), case .underWay(let group) = lanes.values[place].state
        else { preconditionFailure("a result for a lane with no request under way") }
        underWay -= 1
        switch result {
        case .delivered:
            // Its key is used: an earlier attempt that comes later finds it so.
            if group.call.idempotencyKey != nil { late.settled(key, group.call) }
            lanes.values[place].end(group)
        case .replayed:
            lanes.values[place].repeatContactChange(of: group)
            lanes.values[place].end(group)
        case .failed(let fault):
            if group.entries == 1 {
                lanes.values[place].entries[0].faults.append(fault)
                lanes.values[place].entries[0].advance()
            } else {
                // One of them is at fault, and must not take the others with it.
                lanes.values[place].part(group)
            }
        case .retry(_, let counts, let isUnreadable):
            if counts { lanes.values[place].entries[0].failures += 1 }
            lanes.values[place].entries[0].answered(isUnreadable: isUnreadable)
        case .keyRefused(let now):
            lanes.values[place].entries[0].keyRefused(at: now)
        case .unsent:
            lanes.values[place].uncount(group)
        }
        if lanes.values[place].isLeaving(after: result) { return leave(lanes.remove(at: place).value) }
        switch result {
        case .delivered, .replayed, .failed:
            return Outcome(ends: settle(key, place))
        case .retry(let due, _, _), .keyRefused(let due):
            lanes.values[place].state = .waiting(until: due)
            alarms.insert(Alarm(due: due, key: key))
            blocked += 1
        case .unsent:
            park(key, place)
        }
        return Outcome()
    }

    /// The partition was lost meanwhile: what has not ended is taken up by the next owner from the beginning.
    private mutating func leave(_ lane: ContactQueue) -> Outcome {
        let ends = lane.entries.prefix { $0.isFinished }.map(\.end)
        let given = Array(lane.entries.dropFirst(ends.count))
        count -= lane.entries.count
        return Outcome(ends: ends, given: given)
    }

    /// Gives up what waits of one partition. What is under way comes home by ``finish(_:_:)``.
    /// - Parameter mayFinish: whether an entry that has begun is finished first, since its partition is still owned.
    /// - Returns: the entries that were given up.
    mutating func abandon(
        stream: Int,
        partition: Int,
        mayFinish: (_ entry: PlannedEntry) -> Bool = { _ in false }
    ) -> [PlannedEntry] {
        // A contact is in one partition, so a lane is given up as a whole.
        abandon(mayFinish: mayFinish) { $0.stream == stream && $1 == partition }
    }

    /// Gives up what has not begun, of all partitions.
    mutating func abandonAll(mayFinish: (_ entry: PlannedEntry) -> Bool) -> [PlannedEntry] {
        abandon(mayFinish: mayFinish) { _, _ in true }
    }

    private mutating func abandon(
        mayFinish: (PlannedEntry) -> Bool,
        where isConcerned: (OrderingKey, _ partition: Int) -> Bool
    ) -> [PlannedEntry] {
        var given: [PlannedEntry] = []
        for (key, lane) in lanes {
            guard let head = lane.entries.first, isConcerned(key, head.partition) else { continue }
            let finishes = mayFinish(head)
            let kept: Int
            switch lane.state {
            case .underWay(let group): kept = group.reach
            // Loops may still apply an earlier request: nobody waits for that.
            case .settling: kept = 0
            case .ready, .waiting, .parked: kept = finishes && lane.hasBegun ? 1 : 0
            }
            given += lane.entries.dropFirst(kept)
            if kept > 0 {
                lanes[key]?.entries.removeLast(lane.entries.count - kept)
                lanes[key]?.leaving = finishes ? .afterEntry : .afterRequest
                continue
            }
            switch lane.state {
            case .waiting: blocked -= 1
            case .settling: settling -= 1
            case .ready(let ticket): ready.remove(ticket, of: key.stream)
            case .parked, .underWay: break
            }
            lanes[key] = nil
        }
        count -= given.count
        return given
    }

    /// Makes every lane ready that waits for its retry: Loops is back, nobody has to wait out a delay that was meant for its absence.
    mutating func hurry() {
        while let alarm = alarms.popMin() { wake(alarm) }
    }

    /// Ends the entries at the head of a lane that have no request left, and makes the lane ready for the first that has.
    private mutating func settle(_ key: OrderingKey, _ place: Place) -> [EntryCompletion] {
        let ends = lanes.values[place].takeFinished()
        count -= ends.count
        if lanes.values[place].entries.isEmpty { lanes.remove(at: place) } else { makeReady(key, place) }
        return ends
    }

    private mutating func park(_ key: OrderingKey, _ place: Place) {
        lanes.values[place].state = .parked
        parked.append(key)
    }

    private mutating func settleLater(_ key: OrderingKey, _ place: Place, until: ContinuousClock.Instant) {
        lanes.values[place].state = .settling(until: until)
        settlingAlarms.insert(Alarm(due: until, key: key))
        settling += 1
    }

    private mutating func makeReady(_ key: OrderingKey, _ place: Place) {
        let (entry, priority) = lanes.values[place].turn
        lanes.values[place].state = .ready(ready.insert(key, entry: entry, priority: priority))
    }

    private mutating func wakeDue(_ now: ContinuousClock.Instant) {
        while let alarm = alarms.min, alarm.due <= now {
            alarms.removeMin()
            wake(alarm)
        }
        while let alarm = settlingAlarms.min, alarm.due <= now {
            settlingAlarms.removeMin()
            guard let place = lanes.index(forKey: alarm.key), case .settling(alarm.due) = lanes.values[place].state
            else { continue }
            makeReady(alarm.key, place)
            settling -= 1
        }
    }

    private mutating func wake(_ alarm: Alarm) {
        guard let place = lanes.index(forKey: alarm.key), case .waiting(alarm.due) = lanes.values[place].state
        else { return }
        makeReady(alarm.key, place)
        blocked -= 1
    }
}
