import JSON
import LoopsSimulator

/// What became of the events, by what took effect at the simulator: written against its logs alone, without any code or counter of the bridge.
struct DeliveryAudit {
    private(set) var requests = 0
    private(set) var committed = 0
    /// Events that were to be delivered, took no effect and are no dead letters either; nil when it is not known what was to be delivered.
    private(set) var lost: Set<String>?
    /// Events without an effect that are dead letters.
    private(set) var deadLettered: Set<String> = []
    /// Contacts of which a new event took effect after a later one.
    private(set) var outOfOrder: Set<String> = []
    /// Contacts whose last applied update is not their latest: a replay did not run to its end, or something came late.
    private(set) var unfinished: Set<String> = []
    /// Contacts of which two requests were under way at once.
    private(set) var overlapping: Set<String> = []
    /// Idempotency keys, and events, that took effect more than once.
    private(set) var appliedTwice: Set<String> = []
    /// Events that took effect on another contact than their own.
    private(set) var misdirected: Set<String> = []
    /// Idempotency keys that a request was answered 409 for, and that no effect stands behind.
    private(set) var hollow: Set<String> = []
    /// Contact updates that were applied again: allowed after a crash, since Loops takes no key there.
    private(set) var repeated = 0
    /// Applied events by contact, as sequence numbers.
    private(set) var applied: [String: Set<Int64>] = [:]

    var isClean: Bool {
        outOfOrder.isEmpty && unfinished.isEmpty && overlapping.isEmpty && appliedTwice.isEmpty && misdirected.isEmpty
            && lost?.isEmpty ?? true && !isEvidenceIncomplete
    }
    /// Whether the simulator had no room for all that happened, so that nothing is proved.
    let isEvidenceIncomplete: Bool

    /// - Parameters:
    ///   - published: what each published event is to become; nil when that is not known.
    ///   - letters: the names of the events that are dead letters.
    init(_ evidence: EffectJudge, published: [PublishedEvent]? = nil, letters: Set<String> = []) {
        isEvidenceIncomplete = evidence.effectsDropped > 0 || evidence.requestsDropped > 0
        takeRequests(evidence.requests)
        takeEffects(evidence)
        guard let published else { return }
        var missing: Set<String> = []
        for event in published.compactMap(\.delivery) where !applied[event.user, default: []].contains(event.sequence) {
            missing.insert(event.name)
        }
        deadLettered = missing.intersection(letters)
        lost = missing.subtracting(letters)
    }

    private mutating func takeRequests(_ journal: [JournalEntry]) {
        var lastEnd: [String: Int64] = [:]
        for entry in journal.sorted(by: { $0.arrivalNanoseconds < $1.arrivalNanoseconds }) {
            requests += 1
            if entry.isCommitted { committed += 1 }
            guard let user = entry.userID else { continue }
            if let end = lastEnd[user], entry.arrivalNanoseconds < end { overlapping.insert(user) }
            // A client that left did so some time before it was noticed.
            let notice: Int64 = entry.ending == .clientLeft ? 50_000_000 : 0
            lastEnd[user] = max(lastEnd[user] ?? 0, (entry.endNanoseconds ?? .max) - notice)
        }
    }

    private mutating func takeEffects(_ evidence: EffectJudge) {
        var newest: [String: Int64] = [:]
        var updates: [String: (newest: Int64, last: Int64)] = [:]
        var keys: Set<UTF8Key> = []
        let bodies = Dictionary(uniqueKeysWithValues: evidence.requests.map { ($0.sequence, $0) })
        for effect in evidence.effects where effect.isPrincipal {
            if let key = effect.idempotencyKey, !keys.insert(UTF8Key(key)).inserted { appliedTwice.insert(key) }
            guard let sequence = effect.sequenceNumber, let user = bodies[effect.request]?.userID else { continue }
            if effect.userID != user { misdirected.insert("\(user)-\(sequence)") }
            if !applied[user, default: []].insert(sequence).inserted {
                repeated += 1
                if effect.operation == .sendEvent { appliedTwice.insert("\(user)-\(sequence)") }
            } else if sequence < newest[user] ?? 0 {
                outOfOrder.insert(user)
            }
            newest[user] = max(newest[user] ?? 0, sequence)
            if effect.operation == .updateContact {
                updates[user] = (max(updates[user]?.newest ?? 0, sequence), sequence)
            }
        }
        for (user, update) in updates where update.last != update.newest { unfinished.insert(user) }
        for entry in evidence.requests where entry.status == 409 {
            if let key = entry.idempotencyKey, !keys.contains(UTF8Key(key)) { hollow.insert(key) }
        }
    }
}
