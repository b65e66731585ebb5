import Loops
import Testing

@testable import Bridge

@Suite("Gate: the key, the circuit and refusals hold all lanes alike")
struct GateTests {
    private let start = ContinuousClock.now

    @Test("No limit means no waiting")
    func unlimited() {
        var admissionControl = AdmissionControl(isPaced: false)
        for _ in 0..<1000 {
            #expect(admissionControl.admission(now: start) == .go)
            admissionControl.started()
        }
    }

    @Test("A refused key holds everything, is probed with single probes, and releases all at once")
    func refusedKey() throws {
        var admissionControl = AdmissionControl(isPaced: false)
        #expect(admissionControl.observe(.unauthorized, now: start, random: 0) == .refused)
        #expect(!admissionControl.isAuthorized)
        guard case .wait(let until?) = admissionControl.admission(now: start) else {
            Issue.record("requests go on")
            return
        }
        #expect(admissionControl.admission(now: until) == .probeKey)
        admissionControl.keyProbeStarted()
        #expect(admissionControl.admission(now: until) == .wait(until: nil))
        #expect(admissionControl.keyProbed(.unauthorized, now: until, random: 0) == .nothing)
        guard case .wait(let second?) = admissionControl.admission(now: until) else {
            Issue.record("no second probe")
            return
        }
        admissionControl.keyProbeStarted()
        #expect(admissionControl.keyProbed(.delivered, now: second, random: 0) == .resumed)
        #expect(admissionControl.admission(now: second) == .go)
        #expect(admissionControl.isAuthorized)
    }

    @Test(
        "A mended key is found within two seconds however long it was refused, with nothing waiting too; the next try is known"
    )
    func mendedKey() throws {
        var admissionControl = AdmissionControl(isPaced: true)
        _ = admissionControl.observe(.unauthorized, now: start, random: 0.99)
        var now = start
        for _ in 0..<500 {
            guard case .wait(let until?) = admissionControl.admission(now: now, isIdle: true) else {
                Issue.record("not held")
                return
            }
            #expect(admissionControl.isWatching && admissionControl.nextTry(now: now) == until)
            #expect((.seconds(1)...(.milliseconds(1500))).contains(until - now))
            now = until
            #expect(admissionControl.admission(now: now, isIdle: true) == .probeKey)
            admissionControl.keyProbeStarted()
            _ = admissionControl.keyProbed(.unauthorized, now: now, random: 0.99)
        }
    }

    @Test("A wrong address holds as a wrong key does, by its own name")
    func wrongAddress() {
        var admissionControl = AdmissionControl(isPaced: false, asksForKey: true)
        admissionControl.keyProbeStarted()
        #expect(admissionControl.keyProbed(.wrongAddress, now: start, random: 0) == .nothing)
        // A stand-in for Loops may know no more than what events need.
        #expect(admissionControl.doubtsAddress && admissionControl.hold(now: start) == .none)
        admissionControl.started()
        #expect(admissionControl.observe(.wrongAddress, now: start, random: 0) == .refused)
        #expect(admissionControl.hold(now: start) == .wrongAddress && admissionControl.isAuthorized)
        #expect(admissionControl.admission(now: start) != .go)
        admissionControl.keyProbeStarted()
        #expect(admissionControl.keyProbed(.unauthorized, now: start, random: 0) == .nothing)
        #expect(admissionControl.hold(now: start) == .unauthorized, "what the last try said holds")
        admissionControl.keyProbeStarted()
        #expect(
            admissionControl.keyProbed(.delivered, now: start, random: 0) == .resumed
                && admissionControl.hold(now: start) == .none
        )
    }

    @Test("Where GET /api-key is unknown, single requests find out when a held address or key is good again")
    func requestsAsProbes() throws {
        for refused in [LoopsOutcome.wrongAddress, .unauthorized] {
            var admissionControl = AdmissionControl(isPaced: false)
            var now = start
            admissionControl.started()
            #expect(admissionControl.observe(refused, now: now, random: 0) == .refused)
            for outcome in [LoopsOutcome.wrongAddress, .retry(.timedOut), .delivered] {
                now = try #require(admissionControl.nextTry(now: now))
                #expect(admissionControl.admission(now: now) == .probeKey)
                admissionControl.keyProbeStarted()
                #expect(admissionControl.keyProbed(.wrongAddress, now: now, random: 0) == .nothing)
                now = try #require(admissionControl.nextTry(now: now))
                #expect(admissionControl.admission(now: now) == .go)
                admissionControl.started()
                #expect(admissionControl.admission(now: now) == .wait(until: nil), "one at a time")
                admissionControl.notSent()
                #expect(admissionControl.admission(now: now) == .go, "what was not sent found out nothing")
                admissionControl.started()
                let change = admissionControl.observe(outcome, now: now, random: 0)
                #expect(change == (outcome == .delivered ? .resumed : .nothing))
                #expect((admissionControl.hold(now: now) == .none) == (outcome == .delivered))
            }
            #expect(!admissionControl.doubtsAddress && admissionControl.admission(now: now) == .go)
        }
    }

    @Test("Loops that was never reached is asked again while nothing waits, and no more once it has answered")
    func unreached() {
        var admissionControl = AdmissionControl(isPaced: false, asksForKey: true)
        let nobody = LoopsResponse(outcome: .retry(.unreachable), message: "h:443: Connection refused")
        admissionControl.keyProbeStarted()
        admissionControl.heard(nobody, now: start, random: 0)
        #expect(admissionControl.keyProbed(nobody.outcome, now: start, random: 0) == .nothing)
        #expect(
            admissionControl.isUnreached && admissionControl.reach.failure == "h:443: Connection refused"
                && admissionControl.isWatching
        )
        #expect(admissionControl.admission(now: start) == .go, "an event is as good a question")
        guard case .wait(let until?) = admissionControl.admission(now: start, isIdle: true) else {
            Issue.record("nobody asks")
            return
        }
        #expect(until - start <= .seconds(2) && admissionControl.admission(now: until, isIdle: true) == .probeKey)
        admissionControl.keyProbeStarted()
        #expect(admissionControl.admission(now: until, isIdle: true) == .go, "one question at a time")
        admissionControl.heard(LoopsResponse(outcome: .retry(.serverError), status: 503), now: until, random: 0)
        #expect(
            !admissionControl.isUnreached && admissionControl.reach.failure == nil && !admissionControl.isWatching,
            "an error is an answer"
        )
    }

    @Test(
        "The key is tried before the first request; only a refusal holds what comes, and an outage says nothing against it"
    )
    func firstProbe() {
        for (outcome, isGood) in [(LoopsOutcome.delivered, true), (.retry(.unreachable), true), (.unauthorized, false)]
        {
            var admissionControl = AdmissionControl(isPaced: false, asksForKey: true)
            #expect(
                admissionControl.isAuthorized && admissionControl.hold(now: start) == .none,
                "nothing is known against it"
            )
            #expect(admissionControl.admission(now: start) == .probeKey)
            admissionControl.keyProbeStarted()
            #expect(admissionControl.admission(now: start) == .wait(until: nil), "a request beside the first probe")
            #expect(admissionControl.keyProbed(outcome, now: start, random: 0) == (isGood ? .nothing : .refused))
            #expect(admissionControl.isAuthorized == isGood)
            #expect((admissionControl.admission(now: start) == .go) == isGood)
        }
    }

    @Test("A 429 slows everybody for a while, longer each time")
    func throttled() throws {
        var admissionControl = AdmissionControl(isPaced: false)
        var waits: [Duration] = []
        for _ in 0..<3 {
            #expect(admissionControl.observe(.throttled, now: start, random: 1) == .throttled)
            guard case .wait(let until?) = admissionControl.admission(now: start) else {
                Issue.record("requests go on")
                return
            }
            waits.append(until - start)
        }
        #expect(waits == waits.sorted() && waits[0] < waits[2])
        #expect(admissionControl.hold(now: start) == .throttled)
    }

    @Test("With a limiter that holds everybody back, the gate adds nothing but the news of it")
    func throttledAndPaced() {
        var admissionControl = AdmissionControl(isPaced: true)
        for _ in 0..<5 { #expect(admissionControl.observe(.throttled, now: start, random: 1) == .throttled) }
        #expect(admissionControl.admission(now: start) == .go && admissionControl.hold(now: start) == .throttled)
    }

    @Test("Without a limiter, the gate waits as long as Loops asks, and not less than by itself")
    func retryAfter() {
        var admissionControl = AdmissionControl(isPaced: false)
        _ = admissionControl.observe(.throttled, retryAfter: .seconds(30), now: start, random: 0)
        #expect(admissionControl.admission(now: start) == .wait(until: start + .seconds(30)))
        _ = admissionControl.observe(.throttled, retryAfter: .zero, now: start, random: 0)
        #expect(
            admissionControl.admission(now: start) == .wait(until: start + .seconds(30)),
            "what was asked for stays"
        )
    }

    @Test("A run of failures opens the circuit; one probe at a time; an answer closes it")
    func circuitBreaker() throws {
        var admissionControl = AdmissionControl(isPaced: false)
        for number in 1...CircuitBreaker.threshold {
            let change = admissionControl.observe(.retry(.serverError), now: start, random: 0)
            #expect(change == (number == CircuitBreaker.threshold ? .opened : .nothing))
        }
        guard case .wait(let until?) = admissionControl.admission(now: start) else {
            Issue.record("requests go on")
            return
        }
        #expect(admissionControl.admission(now: until) == .go)
        admissionControl.started()
        #expect(admissionControl.admission(now: until) == .wait(until: nil), "a second probe beside the first")
        _ = admissionControl.observe(.retry(.timedOut), now: until, random: 0)
        guard case .wait(let later?) = admissionControl.admission(now: until) else {
            Issue.record("requests go on")
            return
        }
        #expect(later - until > until - start, "the second wait is longer")
        admissionControl.started()
        #expect(admissionControl.observe(.delivered, now: later, random: 0) == .resumed)
        #expect(admissionControl.admission(now: later) == .go)
    }

    @Test("One contact whose requests fail opens the circuit for itself: another one's request is the probe, at once")
    func circuitOfOneLane() {
        var admissionControl = AdmissionControl(isPaced: false)
        let (bad, good) = (OrderingKey(stream: 0, contact: "bad"), OrderingKey(stream: 0, contact: "good"))
        for _ in 0..<CircuitBreaker.threshold {
            _ = admissionControl.observe(.retry(.serverError), of: bad, now: start, random: 0)
        }
        #expect(admissionControl.hold(now: start) == .outage)
        #expect(admissionControl.admission(now: start, next: bad) != .go)
        #expect(admissionControl.admission(now: start, next: good) == .go)
        admissionControl.started()
        #expect(
            admissionControl.admission(now: start, next: good) == .wait(until: nil),
            "a second probe beside the first"
        )
        // It fails as well: now Loops is down for all.
        _ = admissionControl.observe(.retry(.serverError), of: good, now: start, random: 0)
        #expect(admissionControl.admission(now: start, next: OrderingKey(stream: 0, contact: "third")) != .go)
    }

    @Test("A success between failures keeps the circuit closed; a refused event says that Loops is well")
    func circuitResets() {
        var admissionControl = AdmissionControl(isPaced: false)
        for _ in 0..<5 {
            for _ in 1..<CircuitBreaker.threshold {
                _ = admissionControl.observe(.retry(.serverError), now: start, random: 0)
            }
            _ = admissionControl.observe(.rejected(.refused), now: start, random: 0)
        }
        #expect(admissionControl.admission(now: start) == .go)
    }
}
