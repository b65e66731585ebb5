import DequeModule
import Loops
import RedisStreams

/// The waiting entries of one contact, in order, and what they wait for.
///
/// Changed in place, in its ``ContactQueueTable``, always: taken out and put back, its entries would be copied at each request.
struct ContactQueue: Sendable {
    enum State: Sendable {
        case ready(ReadyQueue.Ticket)
        /// The request stands for so many entries at the front.
        case inFlight(CoalescedRequest)
        case waiting(until: ContinuousClock.Instant)
        /// Loops may still apply an earlier request of the contact, which says something else than the next one.
        case settling(until: ContinuousClock.Instant)
        /// Its partition's lease is not good enough to start.
        case parked
    }

    var state = State.parked
    var entries: Deque<PlannedEntry> = []
    /// How many entries there are of each priority above 0.
    private var urgencies: [Int: Int] = [:]
    /// How it ends, once its partition is given up; nil while it is not.
    var leaving: Leaving?

    /// When a contact queue ends whose partition is given up.
    enum Leaving: Sendable {
        /// With what is under way, if anything is.
        case afterRequest
        /// With its first entry, which has begun or may have begun.
        case afterEntry
    }

    /// Whether its first entry has begun: Loops has some of its requests, and a new owner would repeat them. One whose request fails is not
    /// waited for: nobody knows how long that takes.
    var hasBegun: Bool { entries.first.map { $0.nextStep > 0 && !$0.isFinished && $0.failures == 0 } ?? false }

    /// Whether it ends with the result of a request, since its partition is given up.
    func isLeaving(after result: ContactQueues.AttemptResult) -> Bool {
        guard let leaving else { return false }
        guard leaving == .afterEntry, hasBegun else { return true }
        return switch result {
        case .delivered, .replayed, .failed: false
        case .retry(_, let counts, _): counts
        case .keyRefused, .notSent: true
        }
    }

    /// Takes an entry behind the others.
    /// - Returns: whether there are no others.
    mutating func append(_ entry: PlannedEntry) -> Bool {
        if let urgency = entry.urgency { urgencies[urgency, default: 0] += 1 }
        entries.append(entry)
        return entries.count == 1
    }

    /// The request that is next.
    func group(_ coalescing: Coalescing, now: ContinuousClock.Instant) -> CoalescedRequest {
        CoalescedRequest(of: entries, coalescing, now: now)
    }

    /// The next request, if it can be made to say what one says that Loops may still apply: entries that came since are left for later.
    func group(_ open: LateEffects.Open, _ coalescing: Coalescing, now: ContinuousClock.Instant) -> CoalescedRequest? {
        let group = CoalescedRequest(of: entries, coalescing, most: open.reach, now: now)
        return group.call == open.call ? group : nil
    }

    /// The request is under way from now on.
    mutating func begin(_ group: CoalescedRequest, _ key: OrderingKey, now: ContinuousClock.Instant)
        -> ContactQueues.RequestStart
    {
        group.count(&entries, attempts: 1)
        if entries[0].firstAttempt == nil { entries[0].firstAttempt = now }
        state = .inFlight(group)
        return ContactQueues.RequestStart(
            key: key,
            step: group.step(of: entries[0]),
            attempt: entries[0].failures + 1,
            entry: entries[0].id,
            partition: entries[0].partition,
            tenure: entries[0].tenure,
            isSuspect: entries[0].isSuspect,
            entries: group.entries,
            number: entries[0].nextStep,
            record: entries[0].record
        )
    }

    /// What its turn depends on: its first entry, and the highest priority of its requests. What is urgent must not wait since something of the
    /// same contact that is not stands in front of it.
    var turn: (entry: StreamID, priority: Int) {
        let priority = entries[0].steps[entries[0].nextStep].priority
        return (entries[0].id, urgencies.isEmpty ? priority : max(priority, urgencies.keys.max() ?? priority))
    }

    /// When the next request is too old to be sent; nil for never.
    var expiry: Expiry? { entries[0].steps[entries[0].nextStep].expiry }

    mutating func part(_ group: CoalescedRequest) { group.part(&entries) }
    mutating func uncount(_ group: CoalescedRequest) { group.count(&entries, attempts: -1) }
    mutating func end(_ group: CoalescedRequest) { group.end(&entries) }

    /// The request's event has happened before: what it says of the contact becomes the entry's next request.
    mutating func repeatContactChange(of group: CoalescedRequest) {
        guard let change = group.call.contactChange else { return }
        entries[0].insertNext(change)
    }

    /// Takes away the entries at the head that have no request left.
    mutating func takeFinished() -> [EntryCompletion] {
        var ends: [EntryCompletion] = []
        while !entries.isEmpty, entries[0].isFinished {
            ends.append(entries[0].end)
            let entry = entries.removeFirst()
            guard let urgency = entry.urgency, let count = urgencies[urgency] else { continue }
            urgencies[urgency] = count > 1 ? count - 1 : nil
        }
        return ends
    }
}
