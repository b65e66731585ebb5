import Loops
import Testing

@testable import Bridge

@Suite("Gate: the budget, the key and the circuit hold all lanes alike")
struct GateTests {
    private let start = ContinuousClock.now

    @Test("The pace is even: never more than the limit in any second")
    func pace() {
        var gate = Gate(ratePerSecond: 10)
        var now = start
        var starts: [ContinuousClock.Instant] = []
        while now < start + .seconds(10) {
            switch gate.admission(now: now) {
            case .go:
                gate.started(now: now)
                starts.append(now)
            case .wait(let until): now = until ?? now
            case .probeKey: Issue.record("no key was refused")
            }
        }
        #expect((97...99).contains(starts.count))
        for (index, instant) in starts.enumerated() where index >= 10 {
            #expect(instant - starts[index - 10] >= .seconds(1), "eleven requests within a second")
        }
    }

    @Test("No limit means no waiting")
    func unlimited() {
        var gate = Gate(ratePerSecond: 0)
        for _ in 0..<1000 {
            #expect(gate.admission(now: start) == .go)
            gate.started(now: start)
        }
    }

    @Test("A refused key holds everything, is probed with single probes, and releases all at once")
    func refusedKey() throws {
        var gate = Gate(ratePerSecond: 0)
        #expect(gate.observe(.unauthorized, now: start, random: 0) == .refused)
        #expect(!gate.isAuthorized)
        guard case .wait(let until?) = gate.admission(now: start) else {
            Issue.record("requests go on")
            return
        }
        #expect(gate.admission(now: until) == .probeKey)
        gate.keyProbeStarted(now: until)
        #expect(gate.admission(now: until) == .wait(until: nil))
        #expect(gate.keyProbed(isGood: false, now: until, random: 0) == .nothing)
        guard case .wait(let second?) = gate.admission(now: until) else {
            Issue.record("no second probe")
            return
        }
        gate.keyProbeStarted(now: second)
        #expect(gate.keyProbed(isGood: true, now: second, random: 0) == .resumed)
        #expect(gate.admission(now: second) == .go)
        #expect(gate.isAuthorized)
    }

    @Test("A 429 slows everybody for a while, longer each time")
    func throttled() throws {
        var gate = Gate(ratePerSecond: 0)
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

    @Test("A run of failures opens the circuit; one probe at a time; an answer closes it")
    func circuit() throws {
        var gate = Gate(ratePerSecond: 0)
        for number in 1...Circuit.threshold {
            let change = gate.observe(.retry(.serverError), now: start, random: 0)
            #expect(change == (number == Circuit.threshold ? .opened : .nothing))
        }
        guard case .wait(let until?) = gate.admission(now: start) else {
            Issue.record("requests go on")
            return
        }
        #expect(gate.admission(now: until) == .go)
        gate.started(now: until)
        #expect(gate.admission(now: until) == .wait(until: nil), "a second probe beside the first")
        _ = gate.observe(.retry(.timedOut), now: until, random: 0)
        guard case .wait(let later?) = gate.admission(now: until) else {
            Issue.record("requests go on")
            return
        }
        #expect(later - until > until - start, "the second wait is longer")
        gate.started(now: later)
        #expect(gate.observe(.delivered, now: later, random: 0) == .resumed)
        #expect(gate.admission(now: later) == .go)
    }

    @Test("A success between failures keeps the circuit closed; a refused event says that Loops is well")
    func circuitResets() {
        var gate = Gate(ratePerSecond: 0)
        for _ in 0..<5 {
            for _ in 1..<Circuit.threshold { _ = gate.observe(.retry(.serverError), now: start, random: 0) }
            _ = gate.observe(.rejected(.refused), now: start, random: 0)
        }
        #expect(gate.admission(now: start) == .go)
    }

    @Test("Replicas share the pace: with four, each starts a quarter of the requests")
    func sharedPace() {
        var bucket = TokenBucket(ratePerSecond: 10)
        let start = ContinuousClock.now
        bucket.share(among: 4)
        bucket.take(now: start)
        #expect(bucket.waitUntil(now: start + .milliseconds(405)) != nil)
        #expect(bucket.waitUntil(now: start + .milliseconds(407)) == nil)
        bucket.share(among: 1)
        bucket.take(now: start + .seconds(1))
        #expect(bucket.waitUntil(now: start + .milliseconds(1102)) == nil)
    }
}
