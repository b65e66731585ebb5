import DequeModule
import JSON
import Loops
import RedisStreams

/// What the contact queues cost by themselves, for `make bench` only: entries with one request each, which Loops takes at once. As many wait as a bridge has in
/// hand at the most.
package struct QueueBenchmark: Sendable {
    private static let window = 8_192
    private static let inFlight = 32

    private let entries: [PlannedEntry]

    /// - Parameter contacts: the entries are theirs in turn.
    package init(entries: Int, contacts: Int) {
        let call = EncodedRequest(LoopsRequest(operation: .sendEvent, body: [:]), idempotencyKey: "key")
        self.entries = (0..<entries).map { number in
            PlannedEntry(
                contactQueue: OrderingKey(stream: 0, contact: "user-\(number % contacts)"),
                id: StreamID(milliseconds: UInt64(number), sequence: 0),
                partition: number % contacts % 64,
                size: 450,
                steps: [PlannedRequest(call: call, mapping: "sendEvent")],
                faults: []
            )
        }
    }

    /// Admits, starts and finishes until nothing is left.
    /// - Returns: how many were delivered.
    package func carry() -> Int {
        let now = ContinuousClock.now
        var contactQueues = ContactQueues()
        var inFlight: Deque<OrderingKey> = []
        var (admitted, delivered) = (0, 0)
        while admitted < entries.count || !contactQueues.isEmpty {
            while admitted < entries.count, contactQueues.count < Self.window {
                _ = contactQueues.admit(entries[admitted])
                admitted += 1
            }
            while inFlight.count < Self.inFlight, let start = contactQueues.start(now: now) {
                inFlight.append(start.key)
            }
            guard let key = inFlight.popFirst() else { break }
            delivered += contactQueues.finish(key, .delivered).ends.count { $0.kind == .delivered }
        }
        return delivered
    }
}
