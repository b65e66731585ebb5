import JSON
import LoopsSimulator

/// What the simulator's journal says about order: written against the journal alone, without any code of the bridge.
struct DeliveryAudit {
    private(set) var requests = 0
    private(set) var committed = 0
    /// Contacts of which a new event was applied after a later one.
    private(set) var outOfOrder: Set<String> = []
    /// Contacts whose last applied event is not their latest: a replay did not run to its end.
    private(set) var unfinished: Set<String> = []
    /// Contacts of which two requests were under way at once.
    private(set) var overlapping: Set<String> = []
    /// Idempotency keys that took effect more than once.
    private(set) var appliedTwice: Set<String> = []
    /// Contact updates that were applied again: allowed after a crash, since Loops takes no key there.
    private(set) var repeated = 0
    /// Applied events by contact, as sequence numbers.
    private(set) var applied: [String: Set<Int64>] = [:]

    var isClean: Bool { outOfOrder.isEmpty && unfinished.isEmpty && overlapping.isEmpty && appliedTwice.isEmpty }

    init(_ journal: [JournalEntry]) {
        var latest: [String: Int64] = [:]
        var last: [String: Int64] = [:]
        var lastEnd: [String: Int64] = [:]
        var keys: Set<String> = []
        for entry in journal.sorted(by: { $0.arrivalNanoseconds < $1.arrivalNanoseconds }) {
            requests += 1
            guard let body = try? JSONParser.parse(entry.body), let user = body["userId"]?.stringValue else { continue }
            if let end = lastEnd[user], entry.arrivalNanoseconds < end { overlapping.insert(user) }
            lastEnd[user] = max(lastEnd[user] ?? 0, entry.endNanoseconds ?? .max)
            guard entry.isCommitted else { continue }
            committed += 1
            if let key = entry.idempotencyKey, !keys.insert(key).inserted { appliedTwice.insert(key) }
            guard let sequence = (body["seq"] ?? body["eventProperties"]?["seq"])?.integerValue else { continue }
            last[user] = sequence
            if !applied[user, default: []].insert(sequence).inserted {
                repeated += 1
            } else if sequence < latest[user] ?? 0 {
                outOfOrder.insert(user)
            }
            latest[user] = max(latest[user] ?? 0, sequence)
        }
        for (user, sequence) in latest where last[user] != sequence { unfinished.insert(user) }
    }
}
