import Support
import Testing

@testable import IngestService

@Suite("The queue of held requests")
struct HoldQueueTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("What comes is called in order, as much as fits into one call, one call at a time")
    func order() throws {
        var queue = HoldQueue()
        let ids = try (0..<5).map { _ in try arrive(&queue, events: 100) }
        #expect(queue.next(now: at(0)) == .call(Array(ids[0..<2]), deadline: at(5)))
        #expect(queue.next(now: at(0)) == .idle)
        queue.accepted()
        #expect(queue.next(now: at(1)) == .call(Array(ids[2..<4]), deadline: at(5)))
        queue.accepted()
        #expect(queue.next(now: at(1)) == .call([ids[4]], deadline: at(5)))
        queue.accepted()
        #expect(queue.count == 0 && queue.bytes == 0)
    }

    @Test("What failed comes again before what has come since, after a pause")
    func again() throws {
        var queue = HoldQueue()
        let first = try arrive(&queue)
        #expect(queue.next(now: at(0)) == .call([first], deadline: at(5)))
        let second = try arrive(&queue, 0.1)
        queue.failed(now: at(0.2))
        #expect(queue.next(now: at(0.2)) == .wait(until: at(0.2) + .milliseconds(100)))
        #expect(queue.next(now: at(0.4)) == .call([first, second], deadline: at(5)))
    }

    @Test("What has waited for five seconds is given up, the oldest first, and never while it is under way")
    func expiry() throws {
        var queue = HoldQueue()
        let first = try arrive(&queue)
        let second = try arrive(&queue, 1)
        _ = queue.next(now: at(4.9))
        #expect(queue.expire(now: at(10)) == [])
        queue.failed(now: at(5.2))
        #expect(queue.expire(now: at(5.2)) == [first])
        #expect(queue.next(now: at(5.4)) == .call([second], deadline: at(6)))
    }

    @Test("No more bytes wait than the limit, but one that is larger may wait alone")
    func room() {
        var limits = HoldQueue.Limits()
        limits.bytes = 100
        var queue = HoldQueue(limits: limits)
        #expect(queue.arrive([.init(events: 1, bytes: 1000)], now: at(0)) != nil)
        #expect(queue.arrive([.init(events: 1, bytes: 1)], now: at(0)) == nil)
        _ = queue.next(now: at(0))
        queue.accepted()
        #expect(queue.arrive([.init(events: 1, bytes: 60)], now: at(0)) != nil)
        #expect(queue.arrive([.init(events: 1, bytes: 40)], now: at(0)) != nil)
        #expect(queue.arrive([.init(events: 1, bytes: 1)], now: at(0)) == nil)
    }

    @Test("An outage begins with the first call that fails, and ends with one that does not")
    func outage() {
        var queue = HoldQueue()
        func fail(_ seconds: Double) {
            _ = queue.arrive([.init(events: 1, bytes: 1)], now: at(seconds))
            _ = queue.next(now: at(seconds))
            queue.failed(now: at(seconds))
            _ = queue.expire(now: at(seconds + 10))
        }
        #expect(queue.outageSeconds(now: at(0)) == 0)
        fail(0)
        #expect(queue.outageSeconds(now: at(59.9)) == 59)
        fail(50)
        #expect(queue.outageSeconds(now: at(60)) == 60)
        _ = queue.arrive([.init(events: 1, bytes: 1)], now: at(70))
        _ = queue.next(now: at(70))
        queue.accepted()
        #expect(queue.outageSeconds(now: at(71)) == 0)
        fail(80)
        #expect(queue.outageSeconds(now: at(139)) == 59)
    }

    @Test("A request has room as a whole, or none of it")
    func whole() {
        var limits = HoldQueue.Limits()
        limits.bytes = 100
        var queue = HoldQueue(limits: limits)
        #expect(queue.arrive([.init(events: 250, bytes: 40), .init(events: 1, bytes: 1)], now: at(0)) == [1, 2])
        #expect(queue.arrive([.init(events: 250, bytes: 50), .init(events: 1, bytes: 10)], now: at(0)) == nil)
        #expect(queue.count == 2 && queue.bytes == 41)
    }

    /// A part that there is room for.
    private func arrive(_ queue: inout HoldQueue, events: Int = 1, _ seconds: Double = 0) throws -> HoldQueue.ID {
        let id = queue.arrive([.init(events: events, bytes: 1)], now: at(seconds))?.first
        return try #require(id)
    }

    /// What a client sees of its part.
    private struct Part {
        let arrived: ContinuousClock.Instant
        var ended: ContinuousClock.Instant?
        var isAccepted = false
    }

    @Test("By any schedule: nothing overtakes, all end in time, memory is bounded and given back", arguments: 0..<200)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var limits = HoldQueue.Limits()
        limits.bytes = 1000
        var queue = HoldQueue(limits: limits)
        var parts: [HoldQueue.ID: Part] = [:]
        var accepted: [HoldQueue.ID] = []
        var call: (ids: [HoldQueue.ID], end: Double)?
        var now = 0.0
        let chance = Double.random(in: 0...1, using: &random)
        for _ in 0..<2000 {
            now += Double.random(in: 0...0.05, using: &random)
            if Bool.random(using: &random) {
                let size = Int.random(in: 0...120, using: &random)
                let events = Int.random(in: 0...250, using: &random)
                if let id = queue.arrive([.init(events: events, bytes: size)], now: at(now))?.first {
                    parts[id] = Part(arrived: at(now))
                }
            }
            if let (ids, end) = call, end <= now {
                call = nil
                if Double.random(in: 0...1, using: &random) < chance {
                    queue.accepted()
                    for id in ids {
                        accepted.append(id)
                        parts[id]?.ended = at(now)
                        parts[id]?.isAccepted = true
                    }
                } else {
                    queue.failed(now: at(now))
                }
            }
            for id in queue.expire(now: at(now)) {
                #expect(call == nil)
                let part = try #require(parts[id])
                #expect(part.ended == nil)
                parts[id]?.ended = at(now)
            }
            if case .call(let ids, let deadline) = queue.next(now: at(now)) {
                #expect(call == nil && !ids.isEmpty)
                let first = try #require(ids.first.flatMap { parts[$0] })
                #expect(deadline == first.arrived + .seconds(5))
                // As the caller does it: no call lasts longer than its deadline and a little.
                let most = max(0, (deadline - at(now)) / .seconds(1) + 0.25)
                call = (ids, now + Double.random(in: 0...min(2, most), using: &random))
            }
            #expect(queue.bytes <= limits.bytes)
        }
        #expect(accepted == accepted.sorted())
        #expect(Set(accepted).count == accepted.count)
        for part in parts.values {
            let end = part.ended ?? at(now)
            #expect(end - part.arrived <= .seconds(5.5))
        }
    }
}
