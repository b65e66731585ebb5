import JSON

extension EffectJudge {
    /// What identifies a delivery on both sides.
    private struct Mark: Hashable {
        let operation: Endpoint
        let text: UTF8Key
        let eventName: UTF8Key?

        init(_ expected: ExpectedDelivery) {
            operation = expected.operation
            text = UTF8Key(expected.marker ?? Mark.text(expected.contact, expected.sequenceNumber))
            eventName = expected.eventName.map(UTF8Key.init)
        }

        init?(_ effect: Effect, named: Bool) {
            operation = effect.operation
            if let marker = effect.marker {
                text = UTF8Key(marker)
            } else if let number = effect.sequenceNumber {
                text = UTF8Key(Mark.text(effect.contactKey, number))
            } else {
                return nil
            }
            if named, case .event(let name, _) = effect.kind { eventName = UTF8Key(name) } else { eventName = nil }
        }

        private static func text(_ contact: String, _ number: Int64) -> String { "\(contact)\u{0}\(number)" }
    }

    /// Compares what happened with what should have.
    ///
    /// - Parameter merging: whether waiting updates of a contact, with nothing between them, may have become one
    package func account(_ expected: [ExpectedDelivery], merging: Bool = false) -> DeliveryAccount {
        var account = DeliveryAccount()
        account.isEvidenceIncomplete = effectsDropped > 0
        account.expected = expected.count
        let groups = ContactGroups(effects)
        let repeats = contactRepeats(effects)
        let named = expected.contains { $0.eventName != nil }
        let known = Dictionary(expected.map { (Mark($0), $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<Mark> = []
        var newest: [String: Int64] = [:]
        var last: [String: Int64] = [:]
        var deletions = DeletionOrder(expected)
        for effect in effects where effect.isPrincipal {
            if repeats.contains(effect.sequence) { continue }
            let mark = Mark(effect, named: named) ?? deletions.next(effect).map { Mark($0) }
            guard let mark, let delivery = known[mark] else {
                account.unexpected += 1
                account.note("unexpected", "effect \(effect.sequence) of \(effect.contactKey)")
                continue
            }
            // Whose it is, is said by the contact that it came to, and not by the name that the request used.
            let group = groups.group(of: effect)
            if effect.operation != .transactional, groups.group(named: delivery.contact) != group {
                account.misdirected += 1
                account.note(
                    "misdirected",
                    "\(delivery.contact) #\(delivery.sequenceNumber), effect \(effect.sequence)"
                )
            }
            take(effect, delivery, isFirst: seen.insert(mark).inserted, newest: newest[group], &account)
            newest[group] = max(newest[group] ?? .min, delivery.sequenceNumber)
            last[group] = delivery.sequenceNumber
        }
        for (group, number) in last where number < newest[group] ?? number {
            account.unsettled += 1
            account.note("unsettled", "\(group) ended at \(number), newest was \(newest[group] ?? number)")
        }
        account.delivered = seen.count
        countMissing(expected, seen, merging: merging, &account)
        return account
    }

    /// Updates without marks right behind a 409: what an event says of its contact, said once more since Loops did not take the event again.
    private func contactRepeats(_ effects: [Effect]) -> Set<Int64> {
        var answered: [UTF8Key: Int] = [:]
        for request in requests where request.status == 409 {
            if let key = request.contactKey { answered[UTF8Key(key), default: 0] += 1 }
        }
        var repeats: Set<Int64> = []
        for effect in effects where effect.operation == .updateContact && effect.marker == nil {
            guard effect.isPrincipal, effect.sequenceNumber == nil else { continue }
            let key = UTF8Key(effect.contactKey)
            guard let left = answered[key], left > 0 else { continue }
            answered[key] = left - 1
            repeats.insert(effect.sequence)
        }
        return repeats
    }

    private func take(
        _ effect: Effect,
        _ delivery: ExpectedDelivery,
        isFirst: Bool,
        newest: Int64?,
        _ account: inout DeliveryAccount
    ) {
        let name = "\(delivery.contact) #\(delivery.sequenceNumber)"
        if isFirst {
            if let newest, delivery.sequenceNumber < newest {
                account.outOfOrder += 1
                account.note("out of order", "\(name) after #\(newest)")
            }
        } else if effect.operation == .sendEvent || effect.operation == .transactional {
            account.duplicated += 1
            account.note("duplicated", "\(name), effect \(effect.sequence)")
        } else {
            account.repeated += 1
        }
    }

    private func countMissing(
        _ expected: [ExpectedDelivery],
        _ seen: Set<Mark>,
        merging: Bool,
        _ account: inout DeliveryAccount
    ) {
        var burnt: Set<UTF8Key> = []
        for request in requests where request.burntKey {
            if let marker = request.marker { burnt.insert(UTF8Key(marker)) }
        }
        for (_, deliveries) in Dictionary(grouping: expected, by: { UTF8Key($0.contact) }) {
            var carrier = false
            // From the newest to the oldest: an update may have been carried only by the update right after it.
            for delivery in deliveries.sorted(by: { $0.sequenceNumber > $1.sequenceNumber }) {
                let isUpdate = delivery.operation == .updateContact
                if seen.contains(Mark(delivery)) {
                    carrier = isUpdate
                } else if isUpdate, merging, carrier {
                    account.merged += 1
                } else {
                    carrier = false
                    account.missing += 1
                    if let marker = delivery.marker, burnt.contains(UTF8Key(marker)) { account.missingByBurntKey += 1 }
                    account.note("missing", "\(delivery.contact) #\(delivery.sequenceNumber)")
                }
            }
        }
    }
}

/// The body of a deletion has no room for marks: the first deletion of a contact is the first that was expected, and so on.
private struct DeletionOrder {
    private let expected: [UTF8Key: [ExpectedDelivery]]
    private var taken: [UTF8Key: Int] = [:]

    init(_ deliveries: [ExpectedDelivery]) {
        expected = Dictionary(grouping: deliveries.filter { $0.operation == .deleteContact }) { UTF8Key($0.contact) }
            .mapValues { $0.sorted { $0.sequenceNumber < $1.sequenceNumber } }
    }

    mutating func next(_ effect: Effect) -> ExpectedDelivery? {
        let key = UTF8Key(effect.contactKey)
        guard effect.operation == .deleteContact, let list = expected[key], !list.isEmpty else { return nil }
        let place = taken[key, default: 0]
        taken[key] = place + 1
        return list[min(place, list.count - 1)]
    }
}
