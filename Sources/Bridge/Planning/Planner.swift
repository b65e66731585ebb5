import Loops
import RedisStreams
import Segment

/// Decides everything that has to happen to an entry, once, when it is read.
struct Planner: Sendable {
    let destination: Destination
    let decoder: EntryDecoder
    let integrations: IntegrationRule
    /// The streams' names, for the idempotency keys of events without a `messageId`.
    let streams: [String]
    /// What tells the enabled mappings apart in idempotency keys: their names, numbered where two share one.
    private let identities: [String]

    init(destination: Destination, streams: [String], contactPaths: [String]) {
        self.destination = destination
        self.decoder = EntryDecoder(contactKeyRule: ContactKeyRule(paths: contactPaths))
        self.integrations = IntegrationRule()
        self.streams = streams
        var seen: [String: Int] = [:]
        self.identities = destination.mappings.filter(\.isEnabled).map { mapping in
            seen[mapping.name, default: 0] += 1
            let number = seen[mapping.name] ?? 1
            return number == 1 ? mapping.name : "\(mapping.name) #\(number)"
        }
    }

    var contactPaths: [String] { decoder.contactKeyRule.paths }
    /// The bytes that an entry may have.
    var entryBytes: Int { decoder.limits.entryBytes }

    func plan(_ entry: StreamEntry, stream: Int, partition: Int, size: Int) -> PlannedEntry {
        let decoded = decoder.decode((entry.fields ?? []).map { (name: $0.name, value: $0.value) })
        var steps: [PlannedStep] = []
        var faults = decoded.faults.map { DeliveryFault($0) }
        for (index, event) in decoded.events.enumerated() where !integrations.skips(event) {
            let name = event.messageId ?? "\(streams[stream]) \(entry.id) \(index)"
            for (identity, result) in zip(identities, destination.results(for: event.json)) {
                switch result.outcome {
                case .notMatched: continue
                case .request(let request):
                    let key = IdempotencyKey.make(event: name, mapping: identity)
                    steps.append(PlannedStep(call: LoopsCall(request, idempotencyKey: key), mapping: result.mapping))
                case .invalid(let invalid):
                    faults.append(DeliveryFault(reason: .invalidFields, detail: "\(invalid)", mapping: result.mapping))
                case .mappingFailed(let error):
                    faults.append(DeliveryFault(reason: .mappingFailed, detail: "\(error)", mapping: result.mapping))
                }
            }
        }
        return PlannedEntry(
            lane: LaneKey(stream: stream, contact: decoded.contactKey ?? entry.id.description),
            id: entry.id,
            partition: partition,
            size: size,
            steps: steps,
            faults: faults,
            occurredAt: decoded.events.first?.occurredAt
        )
    }
}

extension DeliveryFault {
    fileprivate init(_ fault: EntryFault) {
        self.init(reason: fault == .mixedBatch ? .mixedBatch : .invalidEntry, detail: fault.description)
    }
}
