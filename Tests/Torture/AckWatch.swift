import LoopsSimulator
import RedisStreams
import Synchronization

/// Looks again and again whether something was acknowledged that Loops has not taken yet.
struct AckWatch: Sendable {
    let simulator: LoopsSimulator
    let publication: Mutexed<Publication>
    let findings = Mutexed<Findings>(Findings())

    struct Findings: Sendable {
        var looks = 0
        /// Entries that were no longer pending while no request of theirs had been answered.
        var early: Set<String> = []
        var isSuspended = false
    }

    /// One look at one stream.
    func look(_ client: RedisClient, stream: String) async throws {
        guard let group = try await client.groupInfos(stream).first(where: { $0.name == TortureTiming.group }) else {
            return
        }
        let pending = try await client.pending(stream, group: TortureTiming.group, count: 100_000)
        let waiting = Set(pending.map(\.id))
        let read = publication.with { $0.published.filter { $0.key <= group.lastDeliveredID && $0.value.isGood } }
        // The journal is looked at later than Redis: what was acknowledged by then has to be in it.
        let taken = Self.taken(simulator)
        findings.with { findings in
            // A failover in between would compare one server's past with another one's present.
            guard !findings.isSuspended else { return }
            findings.looks += 1
            for (id, item) in read where !waiting.contains(id) {
                if !taken[item.user, default: []].contains(item.sequence) {
                    findings.early.insert("\(item.user)-\(item.sequence)")
                }
            }
        }
    }

    /// The sequence numbers of what took effect, by user; and of what a used-up key may have taken, of which a replica cannot know.
    private static func taken(_ simulator: LoopsSimulator) -> [String: Set<Int64>] {
        var taken: [String: Set<Int64>] = [:]
        for request in simulator.requests() where request.isCommitted || request.burntKey {
            guard let numbered = request.numbered else { continue }
            taken[numbered.user, default: []].formUnion(numbered.sequences)
        }
        return taken
    }
}

/// A value behind a lock, for the parts of a torture that run side by side.
final class Mutexed<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func with<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}
