import JSON

/// Which effects are about the same contact, whatever name the requests used: by the contact that they came to. A contact that was deleted and made
/// anew with the same userId, or else the same address, is the same one.
struct ContactGroups {
    /// The first ID of each contact, by every ID that it has had.
    private var groups: [String: String] = [:]
    private var names: [UTF8Key: String] = [:]
    private var deleted: [UTF8Key: String] = [:]

    init(_ effects: [Effect]) {
        for effect in effects where !effect.contactID.isEmpty { add(effect) }
    }

    /// The contact of an effect; a mail to somebody who is no contact stands for itself.
    func group(of effect: Effect) -> String {
        groups[effect.contactID] ?? "\(effect.team)/\(effect.contactKey)"
    }

    /// The contact with this userId, address or ID, now or at any time; nil when no effect is about one.
    func group(named name: String) -> String? { names[UTF8Key(name)] ?? groups[name] }

    private mutating func add(_ effect: Effect) {
        let own = [effect.userID, effect.email.isEmpty ? nil : effect.email].compactMap(\.self)
        let scoped = own.map { UTF8Key("\(effect.team)\u{0}\($0)") }
        if groups[effect.contactID] == nil {
            groups[effect.contactID] = scoped.compactMap { deleted[$0] }.first ?? effect.contactID
        }
        let group = groups[effect.contactID] ?? effect.contactID
        for name in own + [effect.contactKey] { names[UTF8Key(name)] = group }
        if effect.kind == .contactDeleted { for name in scoped { deleted[name] = group } }
    }
}
