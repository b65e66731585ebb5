import DevKit
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("DeliveryState: what is sent next, and what comes of every answer")
struct DeliveryStateTests {
    var start: ContinuousClock.Instant { Self.instant }
    private static let instant = ContinuousClock.now

    func state(
        maxInFlight: Int = 4,
        isLimited: Bool = false,
        retry: RetryPolicy = RetryPolicy()
    ) -> DeliveryState {
        DeliveryState(isLimited: isLimited, maxInFlight: maxInFlight, retry: retry)
    }

    func started(_ action: DeliveryState.Action) throws -> ContactQueues.RequestStart {
        guard case .send(let start) = action else { throw NotStarted(action: "\(action)") }
        return start
    }
    private struct NotStarted: Error { let action: String }

    /// Fails the only entry of a state again and again, each time as soon as it is due.
    private func fail(
        _ state: inout DeliveryState,
        _ answer: LoopsResponse,
        times: Int,
        now: inout ContinuousClock.Instant
    ) throws -> [DeliveryState.Settled] {
        var settled: [DeliveryState.Settled] = []
        while settled.count < times {
            switch state.next(now: now) {
            case .send(let begun): settled.append(state.answered(begun, answer, now: now, random: 0.5))
            case .wait(let until?): now = until
            case .wait(nil), .probeKey, .ask: throw NotStarted(action: "stuck")
            }
        }
        return settled
    }

    @Test("Never more requests are under way than the cap")
    func cap() throws {
        var state = state(maxInFlight: 3)
        for number in 0..<10 { _ = state.contactQueues.admit(.sample(UInt64(number), contact: "c\(number)")) }
        var inFlight: [ContactQueues.RequestStart] = []
        for _ in 0..<3 { inFlight.append(try started(state.next(now: start))) }
        guard case .wait(nil) = state.next(now: start) else {
            Issue.record("a fourth request")
            return
        }
        _ = state.answered(inFlight[0], LoopsResponse(outcome: .delivered, status: 200), now: start, random: 0)
        _ = try started(state.next(now: start))
        #expect(state.inFlight == 3)
    }

    @Test("With a limit, permits are asked for only when something could start, and each starts one request")
    func permits() throws {
        var state = state(isLimited: true)
        guard case .wait(nil) = state.next(now: start) else {
            Issue.record("an alarm or a question for nothing")
            return
        }
        _ = state.contactQueues.admit(.sample(1, contact: "a", partition: 3))
        _ = state.contactQueues.admit(.sample(2, contact: "b"))
        guard case .ask(let request) = state.next(now: start) else {
            Issue.record("not asked")
            return
        }
        #expect(request.count == 1 && request.stream == 0 && request.partition == 3)
        guard case .wait(nil) = state.next(now: start) else {
            Issue.record("asked twice, or an alarm before the answer")
            return
        }
        let grant = PermitGrant(
            count: 1,
            delay: .milliseconds(40),
            interval: .milliseconds(100),
            limit: 10,
            rate: 9.85
        )
        #expect(state.permits.granted(grant, now: start) == .milliseconds(40))
        guard case .wait(let due?) = state.next(now: start), due == start + .milliseconds(40) else {
            Issue.record("not woken when the permit is good")
            return
        }
        #expect(try started(state.next(now: due)).key.contact == "a")
        guard case .ask = state.next(now: due) else {
            Issue.record("a request without a permit")
            return
        }
    }

    @Test("A permit that comes to its use too late is thrown away and counted, and another one is asked for")
    func latePermit() throws {
        var state = state(isLimited: true)
        _ = state.contactQueues.admit(.sample(1, contact: "a"))
        _ = state.next(now: start)
        let grant = PermitGrant(count: 1, delay: .zero, interval: .milliseconds(100), limit: 10, rate: 9.85)
        _ = state.permits.granted(grant, now: start)
        var lost = 0
        guard case .ask = state.next(now: start + .milliseconds(60), lost: { lost += $0 }) else {
            Issue.record("a request starts too near to the next one")
            return
        }
        #expect(lost == 1)
    }

    @Test("After an outage requests come back one by one, each answer letting one more on")
    func slowStart() throws {
        var state = state(maxInFlight: 4)
        for number in 0..<40 { _ = state.contactQueues.admit(.sample(UInt64(number), contact: "c\(number)")) }
        var now = start
        for _ in 0..<CircuitBreaker.threshold {
            let begun = try started(state.next(now: now))
            _ = state.answered(begun, LoopsResponse(outcome: .retry(.unreachable)), now: now, random: 1)
        }
        guard case .wait(let until?) = state.next(now: now) else {
            Issue.record("the circuit is closed")
            return
        }
        now = until
        let good = LoopsResponse(outcome: .delivered, status: 200)
        let probe = try started(state.next(now: now))
        #expect(state.answered(probe, good, now: now, random: 0).change == .resumed)
        for width in 1...4 {
            var begun: [ContactQueues.RequestStart] = []
            while case .send(let start) = state.next(now: now) { begun.append(start) }
            #expect(begun.count == width)
            for start in begun.prefix(1) { _ = state.answered(start, good, now: now, random: 0) }
            for start in begun.dropFirst() {
                _ = state.answered(start, LoopsResponse(outcome: .rejected(.refused), status: 400), now: now, random: 0)
            }
        }
    }

    @Test("A drain starts nothing, not even a probe of the key, and takes the answers that still come")
    func draining() throws {
        var state = state()
        for number in 0..<3 { _ = state.contactQueues.admit(.sample(UInt64(number), contact: "c\(number)")) }
        let first = try started(state.next(now: start))
        let second = try started(state.next(now: start))
        state.drain(now: start)
        let settled = state.answered(first, LoopsResponse(outcome: .delivered, status: 200), now: start, random: 0)
        #expect(settled.ends.map(\.kind) == [.delivered])
        _ = state.answered(second, LoopsResponse(outcome: .unauthorized, status: 401), now: start, random: 0)
        for seconds in [0, 1, 1000] {
            guard case .wait(nil) = state.next(now: start + .seconds(seconds)) else {
                Issue.record("something was started")
                return
            }
        }
        #expect(state.hasDrained && state.contactQueues.count == 0, "the rest is pending in Redis")
    }

    @Test("A 2xx that cannot be read three times in a row counts as delivered; without a status it never does")
    func ambiguous() throws {
        var now = start
        var state = state()
        _ = state.contactQueues.admit(.sample(1, contact: "a"))
        let answer = LoopsResponse(outcome: .retry(.ambiguousAnswer), status: 200)
        let settled = try fail(&state, answer, times: 3, now: &now)
        #expect(settled.map { $0.ends.map(\.kind) } == [[], [], [.delivered]])
        _ = state.contactQueues.admit(.sample(2, contact: "a"))
        let lost = try fail(&state, LoopsResponse(outcome: .retry(.ambiguousAnswer)), times: 5, now: &now)
        #expect(lost.allSatisfy { $0.ends.isEmpty })
    }

    @Test("An event that alone keeps failing is given up after its attempts and its time, while others go through")
    func exhausted() throws {
        var now = start
        let retry = RetryPolicy(base: .seconds(1), cap: .seconds(8), retryFor: .seconds(30), minAttempts: 5)
        var state = state(retry: retry)
        _ = state.contactQueues.admit(.sample(1, contact: "bad"))
        let answer = LoopsResponse(outcome: .retry(.serverError), status: 500, message: "boom")
        var last: DeliveryState.Settled?
        for number in 2..<100 {
            last = try fail(&state, answer, times: 1, now: &now).first
            guard last?.ends.isEmpty == true else { break }
            _ = state.contactQueues.admit(.sample(UInt64(number), contact: "good"))
            let good = try started(state.next(now: now))
            #expect(good.key.contact == "good")
            _ = state.answered(good, LoopsResponse(outcome: .delivered, status: 200), now: now, random: 0)
        }
        guard case .deadLettered(let faults)? = last?.ends.first?.kind else {
            Issue.record("not given up")
            return
        }
        #expect(faults.map(\.reason) == [.exhausted] && faults.first?.status == 500)
        #expect(now - start >= retry.retryFor)
    }

    @Test("Since when the contact that has waited longest waits: from its first attempt until it gets through")
    func blockedSince() throws {
        var now = start
        var state = state(retry: RetryPolicy(cap: .seconds(8)))
        #expect(state.contactQueues.blockedSince == nil)
        _ = state.contactQueues.admit(.sample(1, contact: "a"))
        _ = try fail(&state, LoopsResponse(outcome: .retry(.serverError), status: 500), times: 3, now: &now)
        #expect(state.contactQueues.blockedSince == start && now > start)
        #expect(DeliverySnapshot(state, now: now).blockedSeconds == (now - start) / .seconds(1))
        _ = try fail(&state, LoopsResponse(outcome: .delivered, status: 200), times: 1, now: &now)
        #expect(state.contactQueues.blockedSince == nil && DeliverySnapshot(state, now: now).blockedSeconds == 0)
    }

    @Test("While nobody gets through, no event is given up")
    func outage() throws {
        var now = start
        var state = state(retry: RetryPolicy(cap: .seconds(8), retryFor: .seconds(30), minAttempts: 5))
        _ = state.contactQueues.admit(.sample(1, contact: "a"))
        let settled = try fail(&state, LoopsResponse(outcome: .retry(.unreachable)), times: 200, now: &now)
        #expect(settled.allSatisfy { $0.ends.isEmpty })
    }

    @Test("A rejection ends the entry with what Loops said", arguments: LoopsOutcome.Rejection.allCases)
    func rejected(rejection: LoopsOutcome.Rejection) throws {
        var state = state()
        _ = state.contactQueues.admit(.sample(1, contact: "a"))
        let answer = LoopsResponse(outcome: .rejected(rejection), status: 409, message: "said")
        let settled = state.answered(try started(state.next(now: start)), answer, now: start, random: 0)
        guard case .deadLettered(let faults)? = settled.ends.first?.kind, let fault = faults.first else {
            Issue.record("not ended")
            return
        }
        #expect(fault.status == 409 && fault.answer == "said" && fault.mapping == "m")
        let reason: DeadLetterReason =
            switch rejection {
            case .refused: .refused
            case .idempotencyConflict: .idempotencyConflict
            case .unconfirmed: .unconfirmed
            }
        #expect(fault.reason == reason)
    }

    @Test(
        "A 429 and a 401 hold everybody and count against no event",
        arguments: [LoopsOutcome.throttled, .unauthorized]
    )
    func held(outcome: LoopsOutcome) throws {
        var state = state()
        _ = state.contactQueues.admit(.sample(1, contact: "a"))
        _ = state.contactQueues.admit(.sample(2, contact: "b"))
        let begun = try started(state.next(now: start))
        _ = state.answered(begun, LoopsResponse(outcome: outcome), now: start, random: 0.5)
        guard case .wait(let until?) = state.next(now: start) else {
            Issue.record("not held")
            return
        }
        if outcome == .unauthorized {
            guard case .probeKey = state.next(now: until) else {
                Issue.record("the key is not asked for")
                return
            }
            #expect(state.keyProbed(LoopsResponse(outcome: .delivered, status: 200), now: until, random: 0) == .resumed)
        }
        for _ in 0..<2 { #expect(try started(state.next(now: until)).attempt == 1) }
    }

    @Test(
        "A refusal of the key for one event, while the key is good, is that event's own: others go on, and it waits with backoff"
    )
    func forbiddenAlone() throws {
        var now = start
        var state = state()
        _ = state.contactQueues.admit(.sample(1, contact: "bad"))
        _ = state.contactQueues.admit(.sample(2, contact: "good"))
        let refusal = LoopsResponse(outcome: .unauthorized, status: 403)
        let first = try started(state.next(now: now))
        #expect(first.key.contact == "bad")
        #expect(state.answered(first, refusal, now: now, random: 0).change == .refused)
        guard case .wait(let until?) = state.next(now: now) else { throw NotStarted(action: "not held") }
        now = until
        guard case .probeKey = state.next(now: now) else { throw NotStarted(action: "the key is not asked for") }
        #expect(state.keyProbed(LoopsResponse(outcome: .delivered, status: 200), now: now, random: 0) == .resumed)
        let again = try started(state.next(now: now))
        let settled = state.answered(again, refusal, now: now, random: 0.5)
        #expect(settled.change == .nothing && settled.answer.outcome == .retry(.forbidden))
        #expect(settled.retryDelay.map { $0 > .zero } == true, "it counts, and waits")
        #expect(state.admissionControl.isAuthorized)
        let other = try started(state.next(now: now))
        #expect(other.key.contact == "good")
        // A key that is revoked later is found out by an entry that was not refused before.
        #expect(state.answered(other, refusal, now: now, random: 0).change == .refused)
    }

    @Test("Only answers that cannot be read, three in a row, count as a yes")
    func unreadable() throws {
        func ends(_ outcomes: LoopsOutcome...) throws -> [EntryCompletion.Kind] {
            var now = start
            var state = state()
            _ = state.contactQueues.admit(.sample(1, contact: "a"))
            return try outcomes.flatMap { outcome in
                let answer = LoopsResponse(outcome: outcome, status: 200)
                return try fail(&state, answer, times: 1, now: &now).flatMap(\.ends).map(\.kind)
            }
        }
        let unreadable = LoopsOutcome.retry(.ambiguousAnswer)
        #expect(try ends(unreadable, unreadable, unreadable) == [.delivered])
        #expect(try ends(.retry(.serverError), .retry(.serverError), unreadable).isEmpty)
        #expect(try ends(unreadable, unreadable, .retry(.serverError), unreadable, unreadable).isEmpty)
        let no = LoopsOutcome.retry(.contradictoryAnswer)
        #expect(try ends(no, no, no, no, no).isEmpty, "Loops says that it did not work")
    }

    // MARK: Any schedule

    @Test("Under any schedule the cap holds, a contact's order holds, and everything ends", arguments: 0..<20)
    func anySchedule(seed: UInt64) throws {
        var run = RandomSchedule(seed: seed, start: start)
        while try run.step() {}
        #expect(run.ended == run.admitted)
        #expect(run.state.inFlight == 0 && run.state.contactQueues.isEmpty)
        #expect(run.outcomes > 500)
    }
}
