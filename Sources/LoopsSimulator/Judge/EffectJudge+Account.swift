extension EffectJudge {
    /// What identifies a delivery on both sides.
    private struct Mark: Hashable {
        let operation: Endpoint
        let text: String
        let eventName: String?

        init(_ expected: ExpectedDelivery) {
            operation = expected.operation
            text = expected.marker ?? Mark.text(expected.contact, expected.sequenceNumber)
            eventName = expected.eventName
        }

        init?(_ effect: Effect, named: Bool) {
            operation = effect.operation
            if let marker = effect.marker {
                text = marker
            } else if let number = effect.sequenceNumber {
                text = Mark.text(effect.contactKey, number)
            } else {
                return nil
            }
            if named, case .event(let name, _) = effect.kind { eventName = name } else { eventName = nil }
        }

        private static func text(_ contact: String, _ number: Int64) -> String { "\(contact)\u{0}\(number)" }
    }

    /// Compares what happened with what should have.
    ///
    /// - Parameter merging: whether waiting updates of a contact, with nothing between them, may have become one
    public func account(_ expected: [ExpectedDelivery], merging: Bool = false) -> DeliveryAccount {
        var account = DeliveryAccount()
        account.isEvidenceIncomplete = effectsDropped > 0
        account.expected = expected.count
        let named = expected.contains { $0.eventName != nil }
        let known = Dictionary(expected.map { (Mark($0), $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<Mark> = []
        var newest: [String: Int64] = [:]
        var last: [String: Int64] = [:]
        var deletions = DeletionOrder(expected)
        for effect in effects where effect.isPrincipal {
            let mark = Mark(effect, named: named) ?? deletions.next(effect).map { Mark($0) }
            guard let mark, let delivery = known[mark] else {
                account.unexpected += 1
                account.note("unexpected", "effect \(effect.sequence) of \(effect.contactKey)")
                continue
            }
            take(effect, delivery, isFirst: seen.insert(mark).inserted, newest: newest[delivery.contact], &account)
            newest[delivery.contact] = max(newest[delivery.contact] ?? .min, delivery.sequenceNumber)
            last[delivery.contact] = delivery.sequenceNumber
        }
        for (contact, number) in last where number < newest[contact] ?? number {
            account.unsettled += 1
            account.note("unsettled", "\(contact) ended at \(number), newest was \(newest[contact] ?? number)")
        }
        account.delivered = seen.count
        countMissing(expected, seen, merging: merging, &account)
        return account
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
        var burnt: Set<String> = []
        for request in requests where request.burntKey {
            if let marker = request.marker { burnt.insert(marker) }
        }
        for (_, deliveries) in Dictionary(grouping: expected, by: \.contact) {
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
                    if let marker = delivery.marker, burnt.contains(marker) { account.missingByBurntKey += 1 }
                    account.note("missing", "\(delivery.contact) #\(delivery.sequenceNumber)")
                }
            }
        }
    }
}

/// The body of a deletion has no room for marks: the first deletion of a contact is the first that was expected, and so on.
private struct DeletionOrder {
    private let expected: [String: [ExpectedDelivery]]
    private var taken: [String: Int] = [:]

    init(_ deliveries: [ExpectedDelivery]) {
        expected = Dictionary(grouping: deliveries.filter { $0.operation == .deleteContact }, by: \.contact)
            .mapValues { $0.sorted { $0.sequenceNumber < $1.sequenceNumber } }
    }

    mutating func next(_ effect: Effect) -> ExpectedDelivery? {
        guard effect.operation == .deleteContact, let list = expected[effect.contactKey], !list.isEmpty else {
            return nil
        }
        let place = taken[effect.contactKey, default: 0]
        taken[effect.contactKey] = place + 1
        return list[min(place, list.count - 1)]
    }
}
