import DevKit
import RedisStreams
import Testing

@testable import Bridge
@testable import Support

@Suite("ReadyQueue: streams by weight, mappings by priority, then the oldest; nobody starves")
struct ReadyQueueTests {
    private func key(_ number: UInt64, stream: Int = 0) -> OrderingKey {
        OrderingKey(stream: stream, contact: "\(number)")
    }

    /// Takes the next out and lets it start.
    private func take(_ queue: inout ReadyQueue) -> OrderingKey? {
        guard let key = queue.popFirst() else { return nil }
        queue.started(key.stream)
        return key
    }

    @Test("Within a stream the oldest entry comes first, whenever it became ready")
    func oldest() {
        var queue = ReadyQueue()
        for number: UInt64 in [5, 3, 9, 1] { _ = queue.insert(key(number), entry: .sample(number), priority: 0) }
        #expect((0..<4).compactMap { _ in take(&queue)?.contact } == ["1", "3", "5", "9"])
        #expect(queue.count == 0 && take(&queue) == nil)
    }

    @Test(
        "A higher priority comes first; every eighth start is the oldest's, so a low one waits for eight starts an older entry"
    )
    func priority() {
        var queue = ReadyQueue()
        for number: UInt64 in 1...3 { _ = queue.insert(key(number), entry: .sample(number), priority: -5) }
        var next: UInt64 = 100
        var waited: [String: Int] = [:]
        for turn in 1...24 {
            // There is always something urgent.
            while queue.count < 10 {
                next += 1
                _ = queue.insert(key(next), entry: .sample(next), priority: 7)
            }
            if let contact = take(&queue)?.contact, (Int(contact) ?? 0) < 100 { waited[contact] = turn }
        }
        #expect(waited == ["1": 8, "2": 16, "3": 24])
    }

    @Test("What is not ready any more is never given out, and leaves nothing behind")
    func removed() {
        var queue = ReadyQueue()
        var random = SplitMix64(seed: 1)
        var live: [ReadyQueue.Ticket: OrderingKey] = [:]
        for number: UInt64 in 1...5000 {
            let priority = Int.random(in: -2...2, using: &random)
            live[queue.insert(key(number), entry: .sample(number), priority: priority)] = key(number)
            if number > 20, let ticket = live.keys.sorted().randomElement(using: &random) {
                queue.remove(ticket, of: 0)
                queue.remove(ticket, of: 0)
                live[ticket] = nil
            }
        }
        #expect(queue.count == live.count)
        var given: Set<OrderingKey> = []
        while let key = take(&queue) { #expect(given.insert(key).inserted) }
        #expect(given == Set(live.values))
    }

    @Test(
        "Streams get starts in proportion to their weights, and none waits longer than the bound",
        arguments: 1...10 as ClosedRange<UInt64>
    )
    func weights(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let weights = (0..<4).map { _ in Int.random(in: 1...20, using: &random) }
        var scheduler = StrideScheduler(weights: weights)
        var taken = [0, 0, 0, 0]
        var last = [0, 0, 0, 0]
        let total = weights.reduce(0, +)
        for turn in 1...(total * 50) {
            guard let stream = scheduler.next(0..<4) else { return }
            scheduler.took(stream)
            taken[stream] += 1
            let others = (0..<4).filter { $0 != stream }
            let bound = others.reduce(1) { $0 + (weights[$1] + weights[stream] - 1) / weights[stream] + 1 }
            #expect(turn - last[stream] <= bound)
            last[stream] = turn
        }
        for (stream, weight) in weights.enumerated() { #expect(abs(taken[stream] - weight * 50) <= 2) }
    }

    @Test("A stream that had nothing to start saves nothing up, and has a turn soon when it has")
    func idleStream() {
        var scheduler = StrideScheduler(weights: [1, 10])
        for _ in 0..<100 { scheduler.took(0) }
        var order: [Int] = []
        for _ in 0..<22 {
            guard let stream = scheduler.next([0, 1]) else { return }
            scheduler.took(stream)
            order.append(stream)
        }
        #expect(order.prefix(2).contains(1))
        #expect((19...21).contains(order.count { $0 == 1 }))
    }
}
