import Loops
import RedisStreams
import Testing

@testable import Bridge

/// What a stop finishes before it ends.
extension DeliveryStateTests {
    @Test(
        "A drain finishes the entry that has begun, unless its request fails or Loops cannot be reached",
        arguments: 0..<3
    )
    func drainingFinishes(way: Int) throws {
        var state = state()
        _ = state.contactQueues.admit(.sample(1, contact: "a", steps: 3))
        _ = state.contactQueues.admit(.sample(2, contact: "a"))
        let good = LoopsResponse(outcome: .delivered, status: 200)
        let first = try started(state.next(now: start))
        state.drain(now: start)
        #expect(state.answered(first, good, now: start, random: 0).ends.isEmpty && !state.hasDrained)
        let second = try started(state.next(now: start))
        #expect(second.entry == .sample(1))
        let answers: [LoopsResponse] = [
            good, LoopsResponse(outcome: .retry(.serverError), status: 500),
            LoopsResponse(outcome: .unauthorized, status: 401),
        ]
        let settled = state.answered(second, answers[way], now: start, random: 0)
        guard way == 0 else {
            #expect(settled.given.map(\.id) == [.sample(1)] && state.hasDrained)
            return
        }
        let third = try started(state.next(now: start))
        #expect(state.answered(third, good, now: start, random: 0).ends.map(\.id) == [.sample(1)])
        #expect(state.hasDrained, "the second entry is the next owner's")
    }

    @Test("An outage that is found while an entry is finished ends the drain")
    func drainingStopsAtAnOutage() throws {
        var state = state()
        _ = state.contactQueues.admit(.sample(1, contact: "a", steps: 2))
        _ = state.contactQueues.admit(.sample(2, contact: "b"))
        let a = try started(state.next(now: start))
        let b = try started(state.next(now: start))
        state.drain(now: start)
        _ = state.answered(a, LoopsResponse(outcome: .delivered, status: 200), now: start, random: 0)
        _ = state.answered(b, LoopsResponse(outcome: .unauthorized, status: 401), now: start, random: 0)
        guard case .wait(nil) = state.next(now: start) else {
            Issue.record("something was started")
            return
        }
        #expect(state.hasDrained)
    }
}
