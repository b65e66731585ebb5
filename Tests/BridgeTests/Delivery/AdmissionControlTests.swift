import Loops
import Testing

@testable import Bridge

@Suite("Gate: the key, the circuit and refusals hold all lanes alike")
struct GateTests {
    private let start = ContinuousClock.now

    @Test("No limit means no waiting")
    func unlimited() {
        var gate = AdmissionControl(isPaced: false)
        for _ in 0..<1000 {
            #expect(gate.admission(now: start) == .go)
            gate.started()
        }
    }

    @Test("A refused key holds everything, is probed with single probes, and releases all at once")
    func refusedKey() throws {
        var gate = AdmissionControl(isPaced: false)
        #expect(gate.observe(.unauthorized, now: start, random: 0) == .refused)
        #expect(!gate.isAuthorized)
        guard case .wait(let until?) = gate.admission(now: start) else {
            Issue.record("requests go on")
            return
        }
        #expect(gate.admission(now: until) == .probeKey)
        gate.keyProbeStarted()
        #expect(gate.admission(now: until) == .wait(until: nil))
        #expect(gate.keyProbed(.unauthorized, now: until, random: 0) == .nothing)
        guard case .wait(let second?) = gate.admission(now: until) else {
            Issue.record("no second probe")
            return
        }
        gate.keyProbeStarted()
        #expect(gate.keyProbed(.delivered, now: second, random: 0) == .resumed)
        #expect(gate.admission(now: second) == .go)
        #expect(gate.isAuthorized)
    }

    @Test(
        "A mended key is found within two seconds however long it was refused, with nothing waiting too; the next try is known"
    )
    func mendedKey() throws {
        var gate = AdmissionControl(isPaced: true)
        _ = gate.observe(.unauthorized, now: start, random: 0.99)
        var now = start
        for _ in 0..<500 {
            guard case .wait(let until?) = gate.admission(now: now, isIdle: true) else {
                Issue.record("not held")
                return
            }
            #expect(gate.isWatching && gate.nextTry(now: now) == until)
            #expect((.seconds(1)...(.milliseconds(1500))).contains(until - now))
            now = until
            #expect(gate.admission(now: now, isIdle: true) == .probeKey)
            gate.keyProbeStarted()
            _ = gate.keyProbed(.unauthorized, now: now, random: 0.99)
        }
    }

    @Test("A wrong address holds as a wrong key does, by its own name")
    func wrongAddress() {
        var gate = AdmissionControl(isPaced: false, asksForKey: true)
        gate.keyProbeStarted()
        #expect(gate.keyProbed(.wrongAddress, now: start, random: 0) == .nothing)
        // A stand-in for Loops may know no more than what events need.
        #expect(gate.doubtsAddress && gate.hold(now: start) == .none)
        gate.started()
        #expect(gate.observe(.wrongAddress, now: start, random: 0) == .refused)
        #expect(gate.hold(now: start) == .wrongAddress && gate.isAuthorized)
        #expect(gate.admission(now: start) != .go)
        gate.keyProbeStarted()
        #expect(gate.keyProbed(.unauthorized, now: start, random: 0) == .nothing)
        #expect(gate.hold(now: start) == .unauthorized, "what the last try said holds")
        gate.keyProbeStarted()
        #expect(gate.keyProbed(.delivered, now: start, random: 0) == .resumed && gate.hold(now: start) == .none)
    }

    @Test("Where GET /api-key is unknown, single requests find out when a held address or key is good again")
    func requestsAsProbes() throws {
        for refused in [LoopsOutcome.wrongAddress, .unauthorized] {
            var gate = AdmissionControl(isPaced: false)
            var now = start
            gate.started()
            #expect(gate.observe(refused, now: now, random: 0) == .refused)
            for outcome in [LoopsOutcome.wrongAddress, .retry(.timedOut), .delivered] {
                now = try #require(gate.nextTry(now: now))
                #expect(gate.admission(now: now) == .probeKey)
                gate.keyProbeStarted()
                #expect(gate.keyProbed(.wrongAddress, now: now, random: 0) == .nothing)
                now = try #require(gate.nextTry(now: now))
                #expect(gate.admission(now: now) == .go)
                gate.started()
                #expect(gate.admission(now: now) == .wait(until: nil), "one at a time")
                gate.unsent()
                #expect(gate.admission(now: now) == .go, "what was not sent found out nothing")
                gate.started()
                let change = gate.observe(outcome, now: now, random: 0)
                #expect(change == (outcome == .delivered ? .resumed : .nothing))
                #expect((gate.hold(now: now) == .none) == (outcome == .delivered))
            }
            #expect(!gate.doubtsAddress && gate.admission(now: now) == .go)
        }
    }

    @Test("Loops that was never reached is asked again while nothing waits, and no more once it has answered")
    func unreached() {
        var gate = AdmissionControl(isPaced: false, asksForKey: true)
        let nobody = LoopsResponse(outcome: .retry(.unreachable), message: "h:443: Connection refused")
        gate.keyProbeStarted()
        gate.heard(nobody, now: start, random: 0)
        #expect(gate.keyProbed(nobody.outcome, now: start, random: 0) == .nothing)
        #expect(gate.isUnreached && gate.reach.failure == "h:443: Connection refused" && gate.isWatching)
        #expect(gate.admission(now: start) == .go, "an event is as good a question")
        guard case .wait(let until?) = gate.admission(now: start, isIdle: true) else {
            Issue.record("nobody asks")
            return
        }
        #expect(until - start <= .seconds(2) && gate.admission(now: until, isIdle: true) == .probeKey)
        gate.keyProbeStarted()
        #expect(gate.admission(now: until, isIdle: true) == .go, "one question at a time")
        gate.heard(LoopsResponse(outcome: .retry(.serverError), status: 503), now: until, random: 0)
        #expect(!gate.isUnreached && gate.reach.failure == nil && !gate.isWatching, "an error is an answer")
    }

    @Test(
        "The key is tried before the first request; only a refusal holds what comes, and an outage says nothing against it"
    )
    func firstProbe() {
        for (outcome, isGood) in [(LoopsOutcome.delivered, true), (.retry(.unreachable), true), (.unauthorized, false)]
        {
            var gate = AdmissionControl(isPaced: false, asksForKey: true)
            #expect(gate.isAuthorized && gate.hold(now: start) == .none, "nothing is known against it")
            #expect(gate.admission(now: start) == .probeKey)
            gate.keyProbeStarted()
            #expect(gate.admission(now: start) == .wait(until: nil), "a request beside the first probe")
            #expect(gate.keyProbed(outcome, now: start, random: 0) == (isGood ? .nothing : .refused))
            #expect(gate.isAuthorized == isGood)
            #expect((gate.admission(now: start) == .go) == isGood)
        }
    }

    @Test("A 429 slows everybody for a while, longer each time")
    func throttled() throws {
        var gate = AdmissionControl(isPaced: false)
        var waits: [Duration] = []
        for _ in 0..<3 {
            #expect(gate.observe(.throttled, now: start, random: 1) == .throttled)
            guard case .wait(let until?) = gate.admission(now: start) else {
                Issue.record("requests go on")
                return
            }
            waits.append(until - start)
        }
        #expect(waits == waits.sorted() && waits[0] < waits[2])
        #expect(gate.hold(now: start) == .throttled)
    }

    @Test("With a limiter that holds everybody back, the gate adds nothing but the news of it")
    func throttledAndPaced() {
        var gate = AdmissionControl(isPaced: true)
        for _ in 0..<5 { #expect(gate.observe(.throttled, now: start, random: 1) == .throttled) }
        #expect(gate.admission(now: start) == .go && gate.hold(now: start) == .throttled)
    }

    @Test("Without a limiter, the gate waits as long as Loops asks, and not less than by itself")
    func retryAfter() {
        var gate = AdmissionControl(isPaced: false)
        _ = gate.observe(.throttled, retryAfter: .seconds(30), now: start, random: 0)
        #expect(gate.admission(now: start) == .wait(until: start + .seconds(30)))
        _ = gate.observe(.throttled, retryAfter: .zero, now: start, random: 0)
        #expect(gate.admission(now: start) == .wait(until: start + .seconds(30)), "what was asked for stays")
    }

    @Test("A run of failures opens the circuit; one probe at a time; an answer closes it")
    func circuit() throws {
        var gate = AdmissionControl(isPaced: false)
        for number in 1...CircuitBreaker.threshold {
            let change = gate.observe(.retry(.serverError), now: start, random: 0)
            #expect(change == (number == CircuitBreaker.threshold ? .opened : .nothing))
        }
        guard case .wait(let until?) = gate.admission(now: start) else {
            Issue.record("requests go on")
            return
        }
        #expect(gate.admission(now: until) == .go)
        gate.started()
        #expect(gate.admission(now: until) == .wait(until: nil), "a second probe beside the first")
        _ = gate.observe(.retry(.timedOut), now: until, random: 0)
        guard case .wait(let later?) = gate.admission(now: until) else {
            Issue.record("requests go on")
            return
        }
        #expect(later - until > until - start, "the second wait is longer")
        gate.started()
        #expect(gate.observe(.delivered, now: later, random: 0) == .resumed)
        #expect(gate.admission(now: later) == .go)
    }

    @Test("One contact whose requests fail opens the circuit for itself: another one's request is the probe, at once")
    func circuitOfOneLane() {
        var gate = AdmissionControl(isPaced: false)
        let (bad, good) = (OrderingKey(stream: 0, contact: "bad"), OrderingKey(stream: 0, contact: "good"))
        for _ in 0..<CircuitBreaker.threshold { _ = gate.observe(.retry(.serverError), of: bad, now: start, random: 0) }
        #expect(gate.hold(now: start) == .outage)
        #expect(gate.admission(now: start, next: bad) != .go)
        #expect(gate.admission(now: start, next: good) == .go)
        gate.started()
        #expect(gate.admission(now: start, next: good) == .wait(until: nil), "a second probe beside the first")
        // It fails as well: now Loops is down for all.
        _ = gate.observe(.retry(.serverError), of: good, now: start, random: 0)
        #expect(gate.admission(now: start, next: OrderingKey(stream: 0, contact: "third")) != .go)
    }

    @Test("A success between failures keeps the circuit closed; a refused event says that Loops is well")
    func circuitResets() {
        var gate = AdmissionControl(isPaced: false)
        for _ in 0..<5 {
            for _ in 1..<CircuitBreaker.threshold { _ = gate.observe(.retry(.serverError), now: start, random: 0) }
            _ = gate.observe(.rejected(.refused), now: start, random: 0)
        }
        #expect(gate.admission(now: start) == .go)
    }
}
