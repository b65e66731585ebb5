import DequeModule
import Loops

/// The entries at the front of a contact queue that one request stands for, and the request.
struct CoalescedRequest: Sendable {
    let call: EncodedRequest
    /// How each of them shares the first one's request, by its place in the contact queue.
    private let shares: [Int: CoalescedKind]
    /// How many places at the front it reaches over. Between those with a share there may be entries of which nothing is sent.
    let reach: Int

    /// Entries that the request stands for.
    var entries: Int { shares.count + 1 }

    /// - Parameters:
    ///   - contact queue: its first entry is not finished and may start.
    ///   - most: over how many entries it may reach.
    init(
        of contactQueue: Deque<PlannedEntry>,
        _ coalescing: Coalescing,
        most: Int = UpdateMerge.mostEntries,
        now: ContinuousClock.Instant
    ) {
        let head = contactQueue[0]
        let first = head.steps[head.nextStep].call
        var shares: [Int: CoalescedKind] = [:]
        var reach = 1
        guard coalescing != .off, contactQueue.count > 1, head.sharesRequests(now: now),
            var update = UpdateMerge(first, lossless: coalescing == .lossless)
        else {
            (call, self.shares, self.reach) = (first, shares, reach)
            return
        }
        for index in 1..<max(1, min(contactQueue.count, most)) {
            let entry = contactQueue[index]
            if entry.isSilent { continue }
            guard entry.sharesRequests(now: now), entry.tenure == head.tenure,
                let kind = update.take(entry.steps[0].call)
            else { break }
            shares[index] = kind
            reach = index + 1
        }
        (call, self.shares, self.reach) = (update.call, shares, reach)
    }

    /// The head's step, with the request for all.
    func step(of head: PlannedEntry) -> PlannedRequest {
        let step = head.steps[head.nextStep]
        return PlannedRequest(call: call, mapping: step.mapping, priority: step.priority, expiry: step.expiry)
    }

    /// The request was sent, or was not after all: it counts for each of them.
    func count(_ contactQueue: inout Deque<PlannedEntry>, attempts: Int) {
        contactQueue[0].attempts += attempts
        for index in shares.keys { contactQueue[index].attempts += attempts }
    }

    /// Loops has the request: the current step of each has ended.
    func end(_ contactQueue: inout Deque<PlannedEntry>) {
        let leader = contactQueue[0].id
        contactQueue[0].advance()
        for (index, share) in shares {
            contactQueue[index].coalesced = share
            contactQueue[index].record?.shared(with: leader)
            contactQueue[index].advance()
        }
    }

    /// Each goes by itself from now on.
    func part(_ contactQueue: inout Deque<PlannedEntry>) {
        contactQueue[0].isSentAlone = true
        for index in shares.keys { contactQueue[index].isSentAlone = true }
    }
}

/// Which waiting identifies of one contact become one update.
package enum Coalescing: String, Sendable, CaseIterable {
    /// Each is a request of its own.
    case off
    /// Only those that say nothing different of any property: whatever waits for a change of a property sees every one of them.
    case lossless
    /// Also those that say something else of a property; what is said last is what is sent.
    case latest
}

/// What became of an entry that had no request of its own. A closed set: it is a metric label.
enum CoalescedKind: String, Sendable, CaseIterable {
    /// It said the same as the entry in front of it.
    case identical
    /// It said more, and the request says both.
    case merged
    /// It said something else of a property, and the request says only that.
    case replaced
}
