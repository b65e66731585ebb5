import JSON
import LoopsSimulator

/// What the simulator's journal says about order: written against the journal alone, without any code of the bridge.
struct DeliveryAudit {
    private(set) var requests = 0
    private(set) var committed = 0
    /// Contacts whose applied requests went backwards.
    private(set) var outOfOrder: Set<String> = []
    /// Contacts of which two requests were under way at once.
    private(set) var overlapping: Set<String> = []
    /// Idempotency keys that took effect more than once.
    private(set) var appliedTwice: Set<String> = []

    var isClean: Bool { outOfOrder.isEmpty && overlapping.isEmpty && appliedTwice.isEmpty }

    init(_ journal: [JournalEntry]) {
        var lastSequence: [String: Int64] = [:]
        var lastEnd: [String: Int64] = [:]
        var keys: Set<String> = []
        for entry in journal.sorted(by: { $0.arrivalNanoseconds < $1.arrivalNanoseconds }) {
            requests += 1
            if entry.isCommitted { committed += 1 }
            guard let body = try? JSONParser.parse(entry.body), let user = body["userId"]?.stringValue else { continue }
            if let end = lastEnd[user], entry.arrivalNanoseconds < end { overlapping.insert(user) }
            lastEnd[user] = entry.endNanoseconds ?? .max
            guard entry.isCommitted else { continue }
            if let key = entry.idempotencyKey, !keys.insert(key).inserted { appliedTwice.insert(key) }
            if let sequence = (body["seq"] ?? body["eventProperties"]?["seq"])?.integerValue {
                if sequence < lastSequence[user] ?? 0 { outOfOrder.insert(user) }
                lastSequence[user] = sequence
            }
        }
    }
}
