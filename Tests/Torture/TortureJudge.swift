import LoopsSimulator
import RedisStreams

/// Says from the simulator's journal alone whether the promises were kept; written without any code of the bridge.
struct TortureJudge {
    let journal: [JournalEntry]
    let items: [Publication.Item]
    let partitions: Int

    private struct Contact {
        var taken: Set<Int64> = []
        /// The sequence numbers of all answered requests, in the order of their arrival.
        var course: [Int64] = []
        /// The same with who sent them, for people.
        var requests: [JournalEntry] = []
        /// The request that ends last of those that have arrived.
        var last: JournalEntry?
    }

    func judge(into report: inout TortureReport) {
        var contacts: [String: Contact] = [:]
        var overlapping: Set<String> = []
        var effects: [String: Int] = [:]
        let byArrival = journal.filter { $0.numbered != nil }.sorted { $0.arrivalNanoseconds < $1.arrivalNanoseconds }
        for request in byArrival {
            guard let (user, sequences) = request.numbered else { continue }
            var contact = contacts[user] ?? Contact()
            if let last = contact.last, request.arrivalNanoseconds < last.end {
                // One that the replica gave up on has ended for it at that moment; the simulator may have noticed later.
                if last.ending != .clientLeft { overlapping.insert(Self.text(request, besides: last)) }
            }
            if request.end >= contact.last?.end ?? .min { contact.last = request }
            if request.isTaken {
                contact.taken.formUnion(sequences)
                contact.course += sequences
                contact.requests.append(request)
            }
            contacts[user] = contact
            if request.isCommitted, let key = request.idempotencyKey { effects[key, default: 0] += 1 }
        }
        let good = Dictionary(grouping: items.filter(\.isGood), by: \.user).mapValues {
            Set($0.map(\.sequence)).sorted()
        }
        var lost: Set<String> = []
        var disorder: Set<String> = []
        var replays = 0
        for (user, expected) in good {
            let contact = contacts[user] ?? Contact()
            for sequence in expected where !contact.taken.contains(sequence) { lost.insert("\(user)-\(sequence)") }
            let (isOrdered, repeated) = Self.check(contact.course, expected)
            replays += repeated
            if !isOrdered { disorder.insert("\(user): \(Self.course(contact.requests, expected))") }
        }
        report.expectNone("events lost", lost)
        report.expectNone("contacts out of order", disorder)
        report.expectNone("requests before the contact's last ended", overlapping)
        report.expectNone("events applied twice", effects.filter { $0.value > 1 }.keys)
        report.expectNone("partitions with two owners in flight", sharedPartitions(byArrival))
        let merged = byArrival.count { ($0.numbered?.sequences.count ?? 0) > 1 }
        report.figures.append(("requests", "\(byArrival.count) for \(items.count) events, \(merged) merged"))
        report.figures.append(("repeated after a crash or failover", "\(replays)"))
    }

    /// What happened around the first request that is out of order.
    private static func course(_ requests: [JournalEntry], _ expected: [Int64]) -> String {
        let course = requests.flatMap { $0.numbered?.sequences ?? [] }
        let count = (1...max(1, course.count)).first {
            !check(Array(course.prefix($0)), expected, isWhole: false).isOrdered
        }
        let end = min((count ?? course.count) + 4, requests.count)
        return requests[max(0, end - 12)..<end].map { request in
            "\(request.numbered?.sequences ?? []) \(request.replica) \(request.arrivalNanoseconds / 1_000_000 % 1_000_000) \(request.status ?? 0)"
        }.joined(separator: " → ")
    }

    private static func text(_ request: JournalEntry, besides last: JournalEntry) -> String {
        let early = (last.end - request.arrivalNanoseconds) / 1_000_000
        return """
            \(request.numbered?.user ?? "")-\(request.numbered?.sequences ?? []) of \(request.replica) \(early) ms before the end of \
            \(last.numbered?.sequences ?? []) of \(last.replica) (\(last.ending?.rawValue ?? "open"), \(last.status ?? 0))
            """
    }

    /// A contact's course is right when every event comes first after its predecessor, and whatever is repeated is a suffix of what was there,
    /// replayed in order to its end.
    /// - Parameter isWhole: whether the course has come to its end.
    static func check(
        _ course: [Int64],
        _ expected: [Int64],
        isWhole: Bool = true
    ) -> (isOrdered: Bool, repeated: Int) {
        let place = Dictionary(uniqueKeysWithValues: expected.enumerated().map { ($1, $0) })
        var at = -1
        var furthest = -1
        var repeated = 0
        for sequence in course {
            guard let now = place[sequence] else { return (false, repeated) }
            // On by one, or back to begin a replay.
            guard now == at + 1 || now <= at else { return (false, repeated) }
            if now <= furthest { repeated += 1 }
            furthest = max(furthest, now)
            at = now
        }
        return (at == furthest || !isWhole, repeated)
    }

    /// Partitions in which one replica's request arrived before another's had ended.
    private func sharedPartitions(_ requests: [JournalEntry]) -> Set<String> {
        var open: [Int: (replica: String, end: Int64)] = [:]
        var shared: Set<String> = []
        for request in requests where request.ending == .answered {
            guard let (user, _) = request.numbered else { continue }
            let partition = Self.partition(user, of: partitions)
            let end = request.endNanoseconds ?? request.arrivalNanoseconds
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

    /// The partition of a contact, by the definition: the first 32 bits of its SHA-1.
    static func partition(_ contact: String, of count: Int) -> Int {
        // A script's name in Redis is the SHA-1 of its text.
        Int((UInt32(RedisScript(name: "key", source: contact).sha1.prefix(8), radix: 16) ?? 0) % UInt32(count))
    }
}
