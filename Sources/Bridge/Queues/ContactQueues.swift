import DequeModule
import HeapModule
import Loops
import RedisStreams

/// The waiting entries: one first-in-first-out contact queue per contact, at most one request of a contact queue under way.
///
/// A value: entries and results go in, starts and ends come out. Invariants, each a test:
/// - a step starts only after every step of the contact queue's earlier entries has ended, or together with them in one request;
/// - ends of one contact queue come out in the order of admission;
/// - a contact queue that waits for its retry, or for its partition's lease, holds no other contact queue.
struct ContactQueues: Sendable {
    private struct Alarm: Comparable, Sendable {
        let due: ContinuousClock.Instant
        let key: OrderingKey
        static func < (a: Alarm, b: Alarm) -> Bool { a.due < b.due }
        static func == (a: Alarm, b: Alarm) -> Bool { a.due == b.due }
    }

    private typealias Place = ContactQueueTable.Place

    private let coalescing: Coalescing
    private var contactQueues = ContactQueueTable()
    private var ready: ReadyQueue
    private var parked: [OrderingKey] = []
    private var alarms: Heap<Alarm> = []
    private var late = LateEffects()
    /// Of the contact queues that wait for what Loops may still apply. Apart from the others: nobody hurries these.
    private var settlingAlarms: Heap<Alarm> = []
    private var unsentEnds: [EntryCompletion] = []
    private var unsentGiven: [PlannedEntry] = []

    /// Entries that have not ended.
    private(set) var count = 0
    /// Requests that were started and have not ended.
    private(set) var inFlight = 0
    /// Contact queues that wait for a retry.
    private(set) var blocked = 0
    /// Contact queues that wait since Loops may still apply an earlier request of theirs.
    private(set) var settling = 0

    init(rules: QueueRules = QueueRules()) {
        coalescing = rules.coalescing
        ready = ReadyQueue(weights: rules.weights)
    }

    /// Contacts that have entries.
    var contacts: Int { contactQueues.count }
    var isEmpty: Bool { contactQueues.isEmpty }
    /// Those of them that wait for ``leasesRenewed()``; one that has gone since may still be counted.
    var parkedCount: Int { parked.count }

    /// Takes an entry behind all earlier ones of its contact.
    /// - Returns: the ends that follow at once: an entry without requests, when nothing is before it.
    mutating func admit(_ entry: PlannedEntry) -> [EntryCompletion] {
        count += 1
        let place = contactQueues.place(making: entry.contactQueue)
        let isAlone = contactQueues[place].append(entry)
        guard isAlone || entry.urgency != nil else { return [] }
        if isAlone { return settle(entry.contactQueue, place) }
        hasten(entry.contactQueue, place)
        return []
    }

    /// Something urgent came into a contact queue that waits for its turn: the turn comes earlier.
    private mutating func hasten(_ key: OrderingKey, _ place: Place) {
        guard case .ready(let ticket) = contactQueues[place].state else { return }
        ready.remove(ticket, of: key.stream)
        makeReady(key, place)
    }

    /// Contact queues that could start a request at this instant.
    mutating func readyCount(now: ContinuousClock.Instant) -> Int {
        wakeDue(now)
        return ready.count
    }

    /// The entry whose turn it is, if any.
    mutating func next() -> PlannedEntry? { ready.first().flatMap { head(of: $0) } }

    /// The request whose turn it is. The caller holds a permit for it. Entries that end on the way without a request are told by
    /// ``takeEnds()``.
    /// - Parameter mayStart: whether the lease of the entry's partition allows it; otherwise the contact queue waits for ``leasesRenewed()``.
    mutating func start(
        now: ContinuousClock.Instant,
        mayStart: (_ entry: PlannedEntry) -> Bool = { _ in true }
    ) -> RequestStart? {
        wakeDue(now)
        while let key = ready.popFirst() {
            guard let place = contactQueues.place(of: key) else { continue }
            guard mayStart(contactQueues[place].entries[0]) else {
                // What was to be finished before its partition was given back: it is too late for that now.
                let isLeaving = contactQueues[place].leaving != nil
                if isLeaving {
                    unsentGiven += leave(contactQueues.remove(key, at: place)).given
                } else {
                    waitForLease(key, place)
                }
                continue
            }
            if let expiry = contactQueues[place].expiry, expiry.at <= now {
                contactQueues[place].entries[0].expire(expiry)
                unsentEnds += settle(key, place)
                continue
            }
            var group = contactQueues[place].group(coalescing, now: now)
            if let open = late.of(key, now: now), open.call != group.call {
                // Only the same request once more may go: whichever of the two is applied last, it says the same.
                guard let same = contactQueues[place].group(open, coalescing, now: now) else {
                    settleLater(key, place, until: open.until)
                    continue
                }
                group = same
            }
            ready.started(key.stream)
            inFlight += 1
            return contactQueues[place].begin(group, key, now: now)
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

    /// Leases were renewed: contact queues that waited for that may try again.
    /// - Returns: whether there were any.
    mutating func leasesRenewed() -> Bool {
        let waiting = parked
        parked = []
        var woke = false
        for key in waiting {
            guard let place = contactQueues.place(of: key), case .parked = contactQueues[place].state else {
                continue
            }
            makeReady(key, place)
            woke = true
        }
        return woke
    }

    /// When the next waiting contact queue becomes ready; nil when none waits.
    var nextDue: ContinuousClock.Instant? { [alarms.min?.due, settlingAlarms.min?.due].compactMap(\.self).min() }

    /// When the request was first tried that a waiting contact queue has waited for longest; nil when none waits.
    var blockedSince: ContinuousClock.Instant? {
        if blocked == 0 { return nil }
        return contactQueues.keys.lazy.compactMap { contactQueues.place(of: $0) }.compactMap { place in
            if case .waiting = contactQueues[place].state {
                contactQueues[place].entries.first?.firstAttempt
            } else {
                nil
            }
        }.min()
    }

    /// The head entry of a contact queue whose request is under way.
    func head(of key: OrderingKey) -> PlannedEntry? {
        contactQueues.place(of: key).flatMap { contactQueues[$0].entries.first }
    }

    /// The entries that the contact queue's last request stood for and that wait now.
    func entries(of start: RequestStart) -> [PlannedEntry] {
        contactQueues.place(of: start.key).map { Array(contactQueues[$0].entries.prefix(start.entries)) } ?? []
    }

    /// A request under way did not succeed; its result follows.
    /// - Parameter lateUntil: until when Loops may still apply it, although it was given up.
    mutating func attemptFailed(_ key: OrderingKey, _ answer: LoopsResponse, lateUntil: ContinuousClock.Instant?) {
        guard let place = contactQueues.place(of: key),
            case .inFlight(let group) = contactQueues[place].state
        else { return }
        contactQueues[place].entries[0].history.failed(answer, lateUntil: lateUntil)
        if let lateUntil, group.call.changesContact { late.note(key, group.call, reach: group.reach, until: lateUntil) }
    }

    /// Takes the result of a request that ``start(now:mayStart:)`` gave out.
    mutating func finish(_ key: OrderingKey, _ result: AttemptResult) -> Outcome {
        guard let place = contactQueues.place(of: key),
            case .inFlight(let group) = contactQueues[place].state
        else { preconditionFailure("a result for a contact queue without a request in flight") }
        inFlight -= 1
        switch result {
        case .delivered:
            // Its key is used: an earlier attempt that comes later finds it so.
            if group.call.idempotencyKey != nil { late.settled(key, group.call) }
            contactQueues[place].end(group)
        case .replayed:
            contactQueues[place].repeatContactChange(of: group)
            contactQueues[place].end(group)
        case .failed(let fault):
            if group.entries == 1 {
                contactQueues[place].entries[0].faults.append(fault)
                contactQueues[place].entries[0].advance()
            } else {
                // One of them is at fault, and must not take the others with it.
                contactQueues[place].part(group)
            }
        case .retry(_, let counts, let isUnreadable):
            if counts { contactQueues[place].entries[0].failures += 1 }
            contactQueues[place].entries[0].answered(isUnreadable: isUnreadable)
        case .keyRefused(let now):
            contactQueues[place].entries[0].keyRefused(at: now)
        case .notSent:
            contactQueues[place].uncount(group)
        }
        if contactQueues[place].isLeaving(after: result) { return leave(contactQueues.remove(key, at: place)) }
        switch result {
        case .delivered, .replayed, .failed:
            return Outcome(ends: settle(key, place))
        case .retry(let due, _, _), .keyRefused(let due):
            contactQueues[place].state = .waiting(until: due)
            alarms.insert(Alarm(due: due, key: key))
            blocked += 1
        case .notSent:
            waitForLease(key, place)
        }
        return Outcome()
    }

    /// The partition was lost meanwhile: what has not ended is taken up by the next owner from the beginning.
    private mutating func leave(_ contactQueue: ContactQueue) -> Outcome {
        let ends = contactQueue.entries.prefix { $0.isFinished }.map(\.end)
        let given = Array(contactQueue.entries.dropFirst(ends.count))
        count -= contactQueue.entries.count
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
        // A contact is in one partition, so a contact queue is given up as a whole.
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
        for key in contactQueues.keys {
            guard let place = contactQueues.place(of: key) else { continue }
            let contactQueue = contactQueues[place]
            guard let head = contactQueue.entries.first, isConcerned(key, head.partition) else { continue }
            let finishes = mayFinish(head)
            let kept: Int
            switch contactQueue.state {
            case .inFlight(let group): kept = group.reach
            // Loops may still apply an earlier request: nobody waits for that.
            case .settling: kept = 0
            case .ready, .waiting, .parked: kept = finishes && contactQueue.hasBegun ? 1 : 0
            }
            given += contactQueue.entries.dropFirst(kept)
            if kept > 0 {
                contactQueues[place].entries.removeLast(contactQueue.entries.count - kept)
                contactQueues[place].leaving = finishes ? .afterEntry : .afterRequest
                continue
            }
            switch contactQueue.state {
            case .waiting: blocked -= 1
            case .settling: settling -= 1
            case .ready(let ticket): ready.remove(ticket, of: key.stream)
            case .parked, .inFlight: break
            }
            contactQueues.remove(key, at: place)
        }
        count -= given.count
        return given
    }

    /// Makes every contact queue ready that waits for its retry: Loops is back, nobody has to wait out a delay that was meant for its absence.
    mutating func retryAllNow() {
        while let alarm = alarms.popMin() { wake(alarm) }
    }

    /// Ends the entries at the head of a contact queue that have no request left, and makes the contact queue ready for the first that has.
    private mutating func settle(_ key: OrderingKey, _ place: Place) -> [EntryCompletion] {
        let ends = contactQueues[place].takeFinished()
        count -= ends.count
        if contactQueues[place].entries.isEmpty {
            contactQueues.remove(key, at: place)
        } else {
            makeReady(key, place)
        }
        return ends
    }

    private mutating func waitForLease(_ key: OrderingKey, _ place: Place) {
        contactQueues[place].state = .parked
        parked.append(key)
    }

    private mutating func settleLater(_ key: OrderingKey, _ place: Place, until: ContinuousClock.Instant) {
        contactQueues[place].state = .settling(until: until)
        settlingAlarms.insert(Alarm(due: until, key: key))
        settling += 1
    }

    private mutating func makeReady(_ key: OrderingKey, _ place: Place) {
        let (entry, priority) = contactQueues[place].turn
        contactQueues[place].state = .ready(ready.insert(key, entry: entry, priority: priority))
    }

    private mutating func wakeDue(_ now: ContinuousClock.Instant) {
        while let alarm = alarms.min, alarm.due <= now {
            alarms.removeMin()
            wake(alarm)
        }
        while let alarm = settlingAlarms.min, alarm.due <= now {
            settlingAlarms.removeMin()
            guard let place = contactQueues.place(of: alarm.key),
                case .settling(alarm.due) = contactQueues[place].state
            else { continue }
            makeReady(alarm.key, place)
            settling -= 1
        }
    }

    private mutating func wake(_ alarm: Alarm) {
        guard let place = contactQueues.place(of: alarm.key),
            case .waiting(alarm.due) = contactQueues[place].state
        else { return }
        makeReady(alarm.key, place)
        blocked -= 1
    }
}
