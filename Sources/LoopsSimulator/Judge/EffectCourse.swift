import JSON

/// Whether the order in which a contact's numbered requests took effect keeps the promise of order: nothing is stepped over, and whatever is
/// repeated is repeated to its end.
package struct EffectCourse: Sendable {
    package private(set) var isOrdered = true
    /// Effects of what had taken effect before.
    package private(set) var repeated = 0

    /// - Parameters:
    ///   - course: the numbers in the order of their effects.
    ///   - expected: the numbers that there are, rising.
    ///   - events: those of them that take effect once: repeated, they are answered and do nothing, so that a repetition may pass over them.
    ///   - isWhole: whether the course has come to its end.
    package init(_ course: [Int64], expected: [Int64], events: Set<Int64> = [], isWhole: Bool = true) {
        let place = Dictionary(uniqueKeysWithValues: expected.enumerated().map { ($1, $0) })
        var at = -1
        var furthest = -1
        /// Whether everything between two places has taken effect and takes effect only once.
        func isPassable(_ after: Int, _ before: Int) -> Bool {
            (after + 1..<max(after + 1, before)).allSatisfy { $0 <= furthest && events.contains(expected[$0]) }
        }
        for number in course {
            // On by one, over events that have happened, or back to begin a repetition.
            guard let now = place[number], now <= at || isPassable(at, now) else {
                isOrdered = false
                return
            }
            if now <= furthest { repeated += 1 }
            furthest = max(furthest, now)
            at = now
        }
        if isWhole, !isPassable(at, furthest + 1) { isOrdered = false }
    }
}

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
