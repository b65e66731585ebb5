import JSON
import LoopsSimulator
import RedisStreams

/// Says from what took effect at the simulator whether the promises were kept; written without any code of the bridge.
struct TortureJudge {
    let evidence: EffectJudge
    let items: [Publication.Item]
    let partitions: Int
    /// The events that are dead letters.
    let letters: Set<String>
    /// Where an event stands in the stream, by its name: for what is told of a contact that is out of order.
    let ids: [String: StreamID]
    private let entries: [Int64: JournalEntry]
    private let byArrival: [JournalEntry]

    init(
        evidence: EffectJudge,
        items: [Publication.Item],
        partitions: Int,
        letters: Set<String> = [],
        ids: [String: StreamID] = [:]
    ) {
        self.ids = ids
        self.evidence = evidence
        self.items = items
        self.partitions = partitions
        self.letters = letters
        entries = Dictionary(uniqueKeysWithValues: evidence.requests.map { ($0.sequence, $0) })
        byArrival = evidence.requests.filter { $0.numbered != nil }
            .sorted { $0.arrivalNanoseconds < $1.arrivalNanoseconds }
    }

    private struct Contact {
        /// The sequence numbers of all effects, in their order.
        var course: [Int64] = []
        /// The same with what they came from.
        var steps: [(effect: Effect, request: JournalEntry)] = []
        /// Those that Loops recognises when they come again.
        var events: Set<Int64> = []
        var ids: Set<String> = []
    }

    func judge(into report: inout TortureReport) {
        report.expectNone("evidence that the simulator had no room for", dropped)
        var misdirected: Set<String> = []
        let contacts = self.contacts(&misdirected)
        let good = Dictionary(grouping: items.filter(\.isGood), by: \.user).mapValues {
            Set($0.map(\.sequence)).sorted()
        }
        let burnt = burntEvents
        var lost: Set<String> = []
        var lostToKeys: Set<String> = []
        var disorder: Set<String> = []
        var late: Set<String> = []
        var replays = 0
        for (user, expected) in good {
            let contact = contacts[user] ?? Contact()
            let missing = expected.filter { !contact.course.contains($0) }.map { "\(user)-\($0)" }
            for name in missing where !letters.contains(name) {
                if burnt.contains(name) { lostToKeys.insert(name) } else { lost.insert(name) }
            }
            // What never took effect has no place in the order; that it is missing was said.
            let there = expected.filter { !missing.contains("\(user)-\($0)") }
            let course = EffectCourse(contact.course, expected: there, events: contact.events)
            replays += course.repeated
            if course.isOrdered { continue }
            if isOrderedButForHandovers(contact, there) {
                late.insert(user)
            } else {
                disorder.insert("\(user): \(Self.text(contact, there)); \(places(of: user, there))")
            }
        }
        report.expectNone("events lost", lost)
        report.expectNone("contacts out of order", disorder)
        report.expectNone("requests before the contact's last ended", overlapping)
        report.expectNone("events applied twice", twice)
        report.expectNone("events applied to another contact", misdirected)
        report.expectNone("409 without an effect, and no dead letter", hollow(burnt))
        report.expectNone("partitions with two owners in flight", sharedPartitions)
        let merged = byArrival.count { ($0.numbered?.sequences.count ?? 0) > 1 }
        report.figures.append(("requests", "\(byArrival.count) for \(items.count) events, \(merged) merged"))
        report.figures.append(("repeated after a crash or failover", "\(replays)"))
        report.figures.append(("applied after the client had left", "\(byArrival.count { isLate($0) })"))
        report.figures.append(("lost to a key that a failure used up", "\(lostToKeys.count)"))
        report.figures.append(("late effects across a handover, contacts", "\(late.count)"))
    }

    private var dropped: [String] {
        [("effects", evidence.effectsDropped), ("requests", evidence.requestsDropped)].filter { $0.1 > 0 }
            .map { "\($0.1) \($0.0)" }
    }

    /// What took effect, by the contact that was meant, in the order in which it did.
    private func contacts(_ misdirected: inout Set<String>) -> [String: Contact] {
        var contacts: [String: Contact] = [:]
        for effect in evidence.effects where effect.isPrincipal {
            guard let request = entries[effect.request], let (user, sequences) = request.numbered else { continue }
            contacts[user, default: Contact()].course += sequences
            contacts[user, default: Contact()].steps.append((effect, request))
            contacts[user, default: Contact()].ids.insert(effect.contactID)
            if request.idempotencyKey != nil { contacts[user, default: Contact()].events.formUnion(sequences) }
            if effect.userID != user || effect.email != Publication.email(of: user) {
                misdirected.insert("\(user)-\(sequences) to \(effect.userID ?? "nobody"), \(effect.email)")
            }
        }
        for (user, contact) in contacts where contact.ids.count > 1 {
            misdirected.insert("\(user) is \(contact.ids.count) contacts")
        }
        return contacts
    }

    private var twice: Set<String> {
        var keys: [UTF8Key: Int] = [:]
        var events: [String: Int] = [:]
        for effect in evidence.effects where effect.isPrincipal && effect.operation == .sendEvent {
            if let key = effect.idempotencyKey { keys[UTF8Key(key), default: 0] += 1 }
            guard let (user, sequences) = entries[effect.request]?.numbered else { continue }
            for sequence in sequences { events["\(user)-\(sequence)", default: 0] += 1 }
        }
        return Set(keys.filter { $0.value > 1 }.map(\.key.text) + events.filter { $0.value > 1 }.map(\.key))
    }

    /// Events that were answered 409 although nothing of theirs ever took effect, and that are no dead letters.
    private func hollow(_ burnt: Set<String>) -> Set<String> {
        let applied = Set(evidence.effects.compactMap { $0.idempotencyKey.map(UTF8Key.init) })
        var hollow: Set<String> = []
        for request in byArrival where request.status == 409 {
            guard let key = request.idempotencyKey, !applied.contains(UTF8Key(key)) else { continue }
            hollow.formUnion(request.names)
        }
        return hollow.subtracting(burnt).subtracting(letters)
    }

    /// Events whose key a request used up that failed.
    private var burntEvents: Set<String> { Set(byArrival.filter(\.burntKey).flatMap(\.names)) }
}

/// Time: what ran side by side, and what came late.
extension TortureJudge {
    /// How long after its client had closed a connection the simulator may notice it.
    private static let notice: Int64 = 100_000_000
    /// The longest that a replica waits for an answer, in nanoseconds.
    private static let timeout = Int64(TortureTiming.requestTimeout / .nanoseconds(1))

    private var overlapping: Set<String> {
        var found: Set<String> = []
        var last: [String: JournalEntry] = [:]
        for request in byArrival {
            guard let user = request.numbered?.user else { continue }
            if let before = last[user] {
                let end = before.ending == .clientLeft ? before.end - Self.notice : before.end
                // Its client gave it up by then, also where the simulator, on a busy machine, has not noticed and answers.
                let givenUp = before.arrivalNanoseconds + Self.timeout
                if request.arrivalNanoseconds < min(end, givenUp) { found.insert(Self.text(request, besides: before)) }
            }
            if request.end >= last[user]?.end ?? .min { last[user] = request }
        }
        return found
    }

    /// Partitions in which one replica's request arrived before another's had ended.
    private var sharedPartitions: Set<String> {
        var open: [Int: (replica: String, end: Int64)] = [:]
        var shared: Set<String> = []
        for request in byArrival where request.ending == .answered {
            guard let (user, _) = request.numbered else { continue }
            let partition = Self.partition(user, of: partitions)
            let end = min(
                request.endNanoseconds ?? request.arrivalNanoseconds,
                request.arrivalNanoseconds + Self.timeout
            )
            if let before = open[partition], before.replica != request.replica, request.arrivalNanoseconds < before.end
            {
                shared.insert("p\(partition): \(before.replica) and \(request.replica)")
            }
            if open[partition].map({ $0.replica != request.replica || $0.end < end }) ?? true {
                open[partition] = (request.replica, max(end, open[partition]?.end ?? .min))
            }
        }
        return shared
    }

    private func isLate(_ request: JournalEntry) -> Bool { request.ending == .clientLeft && request.isCommitted }

    /// Whether the order is kept by everything but requests that took effect after their replica was gone, and another one had gone on: the
    /// one case in which nobody knows that there is something to wait for. docs/explanation/guarantees.md says so.
    private func isOrderedButForHandovers(_ contact: Contact, _ expected: [Int64]) -> Bool {
        let kept = contact.steps.filter { step in
            guard isLate(step.request), step.effect.committedNanoseconds > step.request.end else { return true }
            return !contact.steps.contains {
                $0.request.replica != step.request.replica && $0.request.arrivalNanoseconds > step.request.end
                    && $0.request.arrivalNanoseconds < step.effect.committedNanoseconds
            }
        }
        if kept.count == contact.steps.count { return false }
        let course = kept.flatMap { $0.request.numbered?.sequences ?? [] }
        // An event of which nothing else took effect: the next owner was answered 409, and could not know that its effect was still to come.
        let onlyLate = contact.events.subtracting(course)
        let there = expected.filter { !onlyLate.contains($0) }
        return EffectCourse(course, expected: there, events: contact.events).isOrdered
    }

    /// The IDs of a contact's events, where their order in the stream is another one than that in which they were published.
    private func places(of user: String, _ expected: [Int64]) -> String {
        let places = expected.map { (sequence: $0, id: ids["\(user)-\($0)"] ?? .zero) }
        let isOrdered = zip(places, places.dropFirst()).allSatisfy { $0.id < $1.id }
        if isOrdered { return "as the stream has them" }
        return "Redis has " + places.sorted { $0.id < $1.id }.map { "\($0.sequence)=\($0.id)" }.joined(separator: " ")
    }

    /// What happened around the first effect that is out of order.
    private static func text(_ contact: Contact, _ expected: [Int64]) -> String {
        let course = contact.course
        let count = (1...max(1, course.count)).first {
            !EffectCourse(Array(course.prefix($0)), expected: expected, events: contact.events, isWhole: false)
                .isOrdered
        }
        let end = min((count ?? course.count) + 4, contact.steps.count)
        return contact.steps[max(0, end - 12)..<end].map { effect, request in
            """
            \(request.numbered?.sequences ?? []) \(request.replica) \(effect.committedNanoseconds / 1_000_000 % 1_000_000) \
            \(request.status ?? 0)
            """
        }.joined(separator: " → ")
    }

    private static func text(_ request: JournalEntry, besides last: JournalEntry) -> String {
        let early = (last.end - request.arrivalNanoseconds) / 1_000_000
        return """
            \(request.numbered?.user ?? "")-\(request.numbered?.sequences ?? []) of \(request.replica) \(early) ms before the end of \
            \(last.numbered?.sequences ?? []) of \(last.replica) (\(last.ending?.rawValue ?? "open"), \(last.status ?? 0))
            """
    }

    /// The partition of a contact, by the definition: the first 32 bits of its SHA-1.
    static func partition(_ contact: String, of count: Int) -> Int {
        // A script's name in Redis is the SHA-1 of its text.
        Int((UInt32(RedisScript(name: "key", source: contact).sha1.prefix(8), radix: 16) ?? 0) % UInt32(count))
    }
}
