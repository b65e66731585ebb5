import JSON

/// Judges a run from the effect log and the journal alone. A value: what it says depends on nothing else.
package struct EffectJudge: Sendable {
    package let effects: [Effect]
    package let requests: [JournalEntry]
    package let effectsDropped: Int64
    package let requestsDropped: Int64

    package init(
        effects: [Effect],
        requests: [JournalEntry] = [],
        effectsDropped: Int64 = 0,
        requestsDropped: Int64 = 0
    ) {
        self.effects = effects
        self.requests = requests
        self.effectsDropped = effectsDropped
        self.requestsDropped = requestsDropped
    }

    package init(_ simulation: Simulation) {
        self.init(
            effects: simulation.state.effects.elements(),
            requests: simulation.journal.elements(),
            effectsDropped: simulation.state.effects.dropped,
            requestsDropped: simulation.journal.dropped
        )
    }

    /// Each of these idempotency keys has exactly one effect, and no key has two.
    package func exactlyOnce(keys: some Sequence<String>) -> Verdict {
        var verdict = started("exactly_once", needsEffects: true)
        let counts = effectsByKey
        var asked: Set<UTF8Key> = []
        for key in keys where asked.insert(UTF8Key(key)).inserted {
            verdict.examined += 1
            let count = counts[UTF8Key(key)] ?? 0
            if count != 1 { verdict.fail("key \(key) has \(count) effects") }
        }
        if asked.isEmpty { verdict.fail("no key was asked for") }
        for (key, count) in counts where count > 1 && !asked.contains(key) {
            verdict.fail("key \(key.text) has \(count) effects")
        }
        return verdict
    }

    /// How many effects stand behind each idempotency key.
    var effectsByKey: [UTF8Key: Int] {
        var counts: [UTF8Key: Int] = [:]
        for effect in effects where effect.isPrincipal {
            if let key = effect.idempotencyKey { counts[UTF8Key(key), default: 0] += 1 }
        }
        return counts
    }

    /// Every 409 has an effect behind its key, of this request or of another one: without one, whoever takes it for a success has lost an event.
    package func conflicts() -> Verdict {
        var verdict = started("conflicts", needsEffects: false)
        if effectsDropped > 0 { verdict.fail("evidence is incomplete: \(effectsDropped) effects were dropped") }
        let counts = effectsByKey
        for request in requests {
            verdict.examined += 1
            guard request.status == 409, let key = request.idempotencyKey, counts[UTF8Key(key)] == nil else {
                continue
            }
            verdict.fail("request \(request.sequence): 409 for key \(key), which has no effect")
        }
        return verdict
    }

    /// The sequence numbers of a contact's effects never fall, or of all contacts' when none is named.
    package func order(contact: String? = nil) -> Verdict {
        var verdict = started("order", needsEffects: true)
        let groups = ContactGroups(effects)
        let asked = contact.map { groups.group(named: $0) }
        if let contact, asked == .some(nil) { verdict.fail("there is no effect on a contact \(contact)") }
        var newest: [String: Int64] = [:]
        for effect in effects where effect.isPrincipal {
            let group = groups.group(of: effect)
            guard asked == nil || asked == group, let number = effect.sequenceNumber else { continue }
            verdict.examined += 1
            if let before = newest[group], number < before {
                verdict.fail("\(effect.contactKey): \(number) after \(before), effect \(effect.sequence)")
            }
            newest[group] = max(newest[group] ?? number, number)
        }
        return verdict
    }

    /// A contact's effects carry exactly these markers, in this order; repeats in a row count once.
    package func order(contact: String, markers: [String]) -> Verdict {
        var verdict = started("order", needsEffects: true)
        let groups = ContactGroups(effects)
        guard let asked = groups.group(named: contact) else {
            verdict.fail("there is no effect on a contact \(contact)")
            return verdict
        }
        var found: [String] = []
        for effect in effects where effect.isPrincipal && groups.group(of: effect) == asked {
            if let marker = effect.marker, found.last != marker { found.append(marker) }
        }
        verdict.examined = found.count
        if found != markers {
            let place = zip(found, markers).prefix { $0 == $1 }.count
            let there = place < found.count ? found[place] : "nothing"
            let wanted = place < markers.count ? markers[place] : "nothing"
            verdict.fail("\(contact): \(there) instead of \(wanted) at place \(place + 1)")
        }
        return verdict
    }

    /// No two requests of one contact were open at the same time.
    ///
    /// A request is open from the arrival of its head until its answer was handed to the socket or its connection had closed.
    package func overlaps() -> Verdict {
        var verdict = started("overlap", needsEffects: false)
        var contactIDs: [String: String] = [:]
        for request in requests {
            if let key = request.contactKey, let id = request.contactID { contactIDs[key] = id }
        }
        var open: [String: (end: Int64, sequence: Int64)] = [:]
        for request in requests.sorted(by: { $0.arrivalNanoseconds < $1.arrivalNanoseconds }) {
            guard let key = request.contactKey else { continue }
            let contact = "\(request.team ?? "")/\(request.contactID ?? contactIDs[key] ?? key)"
            verdict.examined += 1
            let end = request.endNanoseconds ?? .max
            if let other = open[contact] {
                if request.arrivalNanoseconds < other.end {
                    verdict.fail("\(key): request \(request.sequence) began before \(other.sequence) had ended")
                }
                open[contact] = other.end > end ? other : (end, request.sequence)
            } else {
                open[contact] = (end, request.sequence)
            }
        }
        return verdict
    }

    /// Never more requests than this in any half-open stretch of time, by their arrival.
    package func maximumRate(_ maximum: Int, inMilliseconds window: Int64 = 1_000) -> Verdict {
        var verdict = started("max_rate", needsEffects: false)
        let times = requests.map(\.arrivalNanoseconds).sorted()
        verdict.examined = times.count
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while times[first] <= time - window * 1_000_000 { first += 1 }
            most = max(most, index - first + 1)
        }
        if most > maximum { verdict.fail("\(most) requests within \(window) ms, \(maximum) allowed") }
        return verdict
    }

    func started(_ check: String, needsEffects: Bool) -> Verdict {
        var verdict = Verdict(check: check)
        let dropped = needsEffects ? effectsDropped : requestsDropped
        if dropped > 0 { verdict.fail("evidence is incomplete: \(dropped) records were dropped") }
        return verdict
    }
}
