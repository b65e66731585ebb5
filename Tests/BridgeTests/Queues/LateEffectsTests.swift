import JSON
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("What Loops may still apply: the contact's next request waits, unless it is the same one")
struct LateEffectsTests {
    private let start = ContinuousClock.now
    private let timedOut = LoopsResponse(outcome: .retry(.timedOut))

    private func begun(_ contactQueues: inout ContactQueues, at now: ContinuousClock.Instant) throws
        -> ContactQueues.RequestStart
    {
        let start = contactQueues.start(now: now)
        return try #require(start)
    }

    /// Starts the next request and gives it up: Loops may apply it until 30 s after the start.
    private func giveUp(
        _ contactQueues: inout ContactQueues,
        at now: ContinuousClock.Instant,
        _ result: ContactQueues.AttemptResult
    ) throws {
        let begun = try begun(&contactQueues, at: now)
        contactQueues.attemptFailed(begun.key, timedOut, lateUntil: start + .seconds(30))
        _ = contactQueues.finish(begun.key, result)
    }

    private func seq(_ start: ContactQueues.RequestStart?) throws -> JSONValue? {
        try start.flatMap { try JSONParser.parse($0.step.call.body)["seq"] }
    }

    @Test("The same request goes at once, the next one when the first cannot come any more, other contacts at any time")
    func waits() throws {
        var contactQueues = ContactQueues()
        for number: UInt64 in 1...2 { _ = contactQueues.admit(.update(number)) }
        try giveUp(&contactQueues, at: start, .retry(at: start, counts: true))
        let again = try begun(&contactQueues, at: start)
        #expect(try seq(again) == 1)
        #expect(contactQueues.finish(again.key, .delivered).ends.count == 1)
        #expect(contactQueues.start(now: start + .seconds(29)) == nil)
        #expect(contactQueues.settling == 1 && contactQueues.blocked == 0)
        #expect(contactQueues.nextDue == start + .seconds(30))
        _ = contactQueues.admit(.update(3, of: "other"))
        #expect(contactQueues.start(now: start + .seconds(29))?.key.contact == "other")
        #expect(try seq(contactQueues.start(now: start + .seconds(30))) == 2)
        #expect(contactQueues.settling == 0)
    }

    @Test("Neither Loops' return nor a renewed lease lets it go earlier")
    func notHurried() throws {
        var contactQueues = ContactQueues()
        for number: UInt64 in 1...2 { _ = contactQueues.admit(.update(number)) }
        try giveUp(&contactQueues, at: start, .failed(DeliveryFailure(reason: .exhausted, detail: "")))
        #expect(contactQueues.start(now: start) == nil)
        contactQueues.retryAllNow()
        _ = contactQueues.leasesRenewed()
        #expect(contactQueues.start(now: start) == nil && contactQueues.settling == 1)
        // A contact queue that was parked meanwhile waits for both.
        #expect(contactQueues.start(now: start + .seconds(31), mayStart: { _ in false }) == nil)
        let wasParked = contactQueues.leasesRenewed()
        #expect(wasParked)
        #expect(try seq(contactQueues.start(now: start + .seconds(31))) == 2)
    }

    @Test("It is remembered when the contact has nothing left, and when its partition was lost in between")
    func outlivesTheLane() throws {
        var contactQueues = ContactQueues()
        _ = contactQueues.admit(.update(1))
        try giveUp(&contactQueues, at: start, .retry(at: start, counts: true))
        _ = contactQueues.finish(try begun(&contactQueues, at: start).key, .delivered)
        #expect(contactQueues.isEmpty)
        _ = contactQueues.admit(.update(2))
        #expect(contactQueues.start(now: start) == nil && contactQueues.settling == 1)
        #expect(contactQueues.abandon(stream: 0, partition: 0).count == 1)
        #expect(contactQueues.settling == 0)
        _ = contactQueues.admit(.update(2))
        #expect(
            contactQueues.start(now: start + .seconds(1)) == nil
                && contactQueues.start(now: start + .seconds(30)) != nil
        )
    }

    @Test("A merged update goes again as it was; what came since waits")
    func merged() throws {
        var contactQueues = ContactQueues(rules: QueueRules(coalescing: .latest))
        for number: UInt64 in 1...2 { _ = contactQueues.admit(.update(number)) }
        try giveUp(&contactQueues, at: start, .retry(at: start, counts: true))
        _ = contactQueues.admit(.update(3))
        let again = try begun(&contactQueues, at: start)
        #expect(try seq(again) == 2 && again.entries == 2)
        _ = contactQueues.finish(again.key, .delivered)
        #expect(contactQueues.start(now: start) == nil)
        #expect(try seq(contactQueues.start(now: start + .seconds(30))) == 3)
    }

    @Test(
        "An event that changes its contact holds it until Loops takes it under its key; one that does not holds nobody"
    )
    func events() throws {
        var contactQueues = ContactQueues()
        for entry in [PlannedEntry.event(1, ["plan": "pro"]), .update(2)] { _ = contactQueues.admit(entry) }
        try giveUp(&contactQueues, at: start, .failed(DeliveryFailure(reason: .exhausted, detail: "")))
        #expect(contactQueues.start(now: start) == nil)

        contactQueues = ContactQueues()
        for entry in [PlannedEntry.event(1, ["plan": "pro"]), .update(2)] { _ = contactQueues.admit(entry) }
        try giveUp(&contactQueues, at: start, .retry(at: start, counts: true))
        _ = contactQueues.finish(try begun(&contactQueues, at: start).key, .delivered)
        #expect(contactQueues.start(now: start) != nil)

        contactQueues = ContactQueues()
        for entry in [PlannedEntry.event(1, [:]), .update(2)] { _ = contactQueues.admit(entry) }
        try giveUp(&contactQueues, at: start, .failed(DeliveryFailure(reason: .exhausted, detail: "")))
        #expect(contactQueues.start(now: start) != nil)
    }

    @Test("No more contacts are remembered than allowed; the oldest go first")
    func bound() {
        var late = LateEffects()
        let call = PlannedEntry.update(1).steps[0].call
        for number in 0..<(LateEffects.most + 5) {
            late.note(OrderingKey(stream: 0, contact: "u\(number)"), call, reach: 1, until: start + .seconds(30))
        }
        #expect(late.count == LateEffects.most)
        #expect(late.of(OrderingKey(stream: 0, contact: "u4"), now: start) == nil)
        #expect(late.of(OrderingKey(stream: 0, contact: "u5"), now: start) != nil)
        #expect(late.of(OrderingKey(stream: 0, contact: "u5"), now: start + .seconds(30)) == nil && late.count == 0)
    }

    @Test("What Loops may apply after it was given up, and what not")
    func answers() {
        func may(_ outcome: LoopsOutcome, _ status: Int? = nil) -> Bool {
            LoopsResponse(outcome: outcome, status: status).mayTakeEffectLate
        }
        for retry in [LoopsOutcome.Retry.timedOut, .connectionLost, .requestTimeout] { #expect(may(.retry(retry))) }
        for status in [502, 504, 520, 522, 524] { #expect(may(.retry(.serverError), status)) }
        for status in [500, 503, 521] { #expect(!may(.retry(.serverError), status)) }
        for retry in [LoopsOutcome.Retry.unreachable, .forbidden, .ambiguousAnswer] { #expect(!may(.retry(retry))) }
        for outcome in [LoopsOutcome.delivered, .throttled, .unauthorized] { #expect(!may(outcome)) }
    }
}
