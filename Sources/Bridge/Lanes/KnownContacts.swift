import DequeModule
import JSON
import Loops

/// What was last delivered for contacts, so that an update which says nothing else needs no request.
///
/// A value. It knows only what this process has delivered, so it forgets: everything after its time, a property when a request with it is
/// started, a contact when any other kind of request for it is started, all when partitions are lost.
struct KnownContacts: Sendable {
    /// Contacts that are remembered at the most; the oldest go first.
    static let most = 10_000

    private struct Value: Sendable {
        let hash: Int
        let at: ContinuousClock.Instant
    }

    private struct Contact: Sendable {
        let names: Set<ByteText>
        var values: [ByteText: Value] = [:]
    }

    let lifetime: Duration
    private var contacts: [Int: Contact] = [:]
    /// A contact by each of its names: user ID and address.
    private var byName: [ByteText: Int] = [:]
    private var order: Deque<Int> = []
    private var next = 0

    init(lifetime: Duration) {
        self.lifetime = lifetime
    }

    var count: Int { contacts.count }

    /// Whether everything that an update says was delivered for the same contact within the lifetime.
    func has(_ call: LoopsCall, now: ContinuousClock.Instant) -> Bool {
        guard call.operation == .createOrUpdateContact, let fields = Self.fields(call),
            let contact = contact(Self.names(fields))
        else { return false }
        let hashes = Self.hashes(fields)
        return !hashes.isEmpty
            && hashes.allSatisfy { key, hash in
                contact.values[key].map { $0.hash == hash && now - $0.at < lifetime } ?? false
            }
    }

    /// A request is started: what it touches is not known until it is delivered.
    mutating func started(_ call: LoopsCall) {
        guard let fields = Self.fields(call) else { return forgetAll() }
        let names = Self.names(fields)
        let touched = Set(names.compactMap { byName[$0] })
        for id in touched {
            if call.operation == .createOrUpdateContact, contacts[id]?.names == names {
                for key in Self.hashes(fields).keys { contacts[id]?.values[key] = nil }
            } else {
                forget(id)
            }
        }
    }

    /// Loops has taken the request.
    mutating func delivered(_ call: LoopsCall, now: ContinuousClock.Instant) {
        guard call.operation == .createOrUpdateContact, let fields = Self.fields(call) else { return }
        let names = Self.names(fields)
        if names.isEmpty { return }
        let id = names.first.flatMap { byName[$0] } ?? remember(names)
        // Another request has come between that uses one of the names with another.
        guard contacts[id]?.names == names else { return forget(id) }
        for (key, hash) in Self.hashes(fields) { contacts[id]?.values[key] = Value(hash: hash, at: now) }
    }

    mutating func forgetAll() { self = KnownContacts(lifetime: lifetime) }

    private func contact(_ names: Set<ByteText>) -> Contact? {
        guard let id = names.first.flatMap({ byName[$0] }), let contact = contacts[id], contact.names == names else {
            return nil
        }
        return contact
    }

    private mutating func remember(_ names: Set<ByteText>) -> Int {
        while contacts.count >= Self.most, let oldest = order.popFirst() { forget(oldest) }
        // Forgotten ones stay in the order until their turn.
        if order.count > 2 * Self.most { order.removeAll { contacts[$0] == nil } }
        next += 1
        contacts[next] = Contact(names: names)
        order.append(next)
        for name in names { byName[name] = next }
        return next
    }

    private mutating func forget(_ id: Int) {
        for name in contacts.removeValue(forKey: id)?.names ?? [] where byName[name] == id { byName[name] = nil }
    }

    private static func fields(_ call: LoopsCall) -> JSONObject? { (try? JSONParser.parse(call.body))?.objectValue }

    private static func names(_ fields: JSONObject) -> Set<ByteText> {
        Set(names.compactMap { key in fields[key]?.stringValue.map { ByteText("\(key) \($0)") } })
    }

    private static let names = ["email", "userId"]

    /// A hash for each property, and for each mailing list.
    private static func hashes(_ fields: JSONObject) -> [ByteText: Int] {
        var hashes: [ByteText: Int] = [:]
        for (key, value) in fields where !names.contains(key) {
            if key == "mailingLists", let lists = value.objectValue {
                for (list, value) in lists { hashes[ByteText("\(key) \(list)")] = value.serialized().hashValue }
            } else {
                hashes[ByteText(key)] = value.serialized().hashValue
            }
        }
        return hashes
    }
}
