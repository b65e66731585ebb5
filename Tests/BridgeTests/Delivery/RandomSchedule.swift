import DevKit
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups
@testable import Support

/// Drives a ``DeliveryState`` by dice: entries come, requests start and end in any order with any outcome, leases are too old at times, a
/// partition is given up and taken up again, time passes.
struct RandomSchedule {
    private(set) var state: DeliveryState
    private(set) var admitted: [String: [StreamID]] = [:]
    private(set) var ended: [String: [StreamID]] = [:]
    /// Answers that were given.
    private(set) var outcomes = 0

    private var random: SplitMix64
    private var now: ContinuousClock.Instant
    private var inFlight: [ContactQueues.RequestStart] = []
    private var isProbing = false
    private var asked: PermitRequest?
    private var steps = 0
    private let maxInFlight: Int
    /// What was given up and waits to be read again, in order; nil while the partition is owned.
    private var lost: [PlannedEntry]?
    private var isLeased = true
    private static let admissions = 2000

    init(seed: UInt64, start: ContinuousClock.Instant) {
        random = SplitMix64(seed: seed)
        now = start
        maxInFlight = Int(seed % 5) + 1
        state = DeliveryState(
            isLimited: !seed.isMultiple(of: 2),
            maxInFlight: maxInFlight,
            retry: RetryPolicy(base: .milliseconds(100), cap: .seconds(2), retryFor: .seconds(10), minAttempts: 3)
        )
    }

    /// - Returns: false when there is nothing left to do.
    mutating func step() throws -> Bool {
        steps += 1
        try #require(steps < 200_000, "it does not come to an end")
        let isEnding = steps > Self.admissions
        switch Int.random(in: 0..<3, using: &random) {
        case 0 where !isEnding:
            admit()
            if Int.random(in: 0..<40, using: &random) == 0 { isLeased.toggle() }
            if Int.random(in: 0..<80, using: &random) == 0, lost == nil { lose() }
        case 0: isLeased = true
        case 1: try start(isEnding: isEnding)
        default: answer(isEnding: isEnding)
        }
        if isLeased { _ = state.contactQueues.leasesRenewed() }
        if isEnding || Int.random(in: 0..<10, using: &random) == 0 { takeUpAgain() }
        #expect(state.inFlight == inFlight.count + (isProbing ? 1 : 0) && state.inFlight <= maxInFlight)
        return !isEnding || !state.contactQueues.isEmpty || state.inFlight > 0 || lost != nil
    }

    private mutating func admit() {
        let contact = "c\(Int.random(in: 0..<9, using: &random))"
        let id = StreamID.sample(UInt64(steps))
        admitted[contact, default: []].append(id)
        let count = Int.random(in: 0..<3, using: &random)
        let entry = PlannedEntry.sample(UInt64(steps), contact: contact, steps: count)
        if lost == nil { note(state.contactQueues.admit(entry)) } else { lost?.append(entry) }
    }

    /// Another replica may own the partition: what waits is given up, and what is under way comes home.
    private mutating func lose() {
        lost = state.contactQueues.abandon(stream: 0, partition: 0)
        for index in lost?.indices ?? 0..<0 { lost?[index].reset() }
    }

    /// The partition is read from its beginning once nothing of it is in hand.
    private mutating func takeUpAgain() {
        guard let entries = lost, state.contactQueues.isEmpty else { return }
        lost = nil
        for entry in entries.sorted(by: { $0.id < $1.id }) { note(state.contactQueues.admit(entry)) }
    }

    private mutating func forget(_ entries: [PlannedEntry]) {
        for var entry in entries {
            #expect(lost != nil, "nothing else is given up")
            entry.reset()
            lost?.append(entry)
        }
    }

    private mutating func start(isEnding: Bool) throws {
        let isLeased = isLeased
        switch state.next(now: now, mayStart: { _ in isLeased }) {
        case .send(let start):
            #expect(isLeased && lost == nil)
            if Int.random(in: 0..<20, using: &random) == 0 {
                forget(state.notSent(start))
                return
            }
            #expect(!inFlight.contains { $0.key == start.key }, "two requests of one contact at once")
            inFlight.append(start)
        case .probeKey:
            #expect(!isProbing, "two probes at once")
            isProbing = true
        case .ask(let request):
            #expect(asked == nil, "the limiter is asked twice at once")
            asked = request
        case .wait(let until?):
            #expect(until > now, "an alarm that is due already would spin")
            now = isEnding || Bool.random(using: &random) ? until : now + .milliseconds(5)
        case .wait(nil):
            let hasCause = state.contactQueues.isEmpty || !inFlight.isEmpty || isProbing || !isLeased || asked != nil
            try #require(hasCause, "entries wait, and nothing would ever wake them")
        }
    }

    /// The limiter answers, or Redis is away.
    private mutating func grant(isEnding: Bool) {
        guard let request = asked else { return }
        asked = nil
        if !isEnding, Int.random(in: 0..<10, using: &random) == 0 { return state.permits.failed(now: now) }
        let grant = PermitGrant(
            count: request.count,
            delay: .milliseconds(Int.random(in: 0..<50, using: &random)),
            interval: .milliseconds(20),
            limit: 50,
            rate: 50,
            isFenced: request.count == 0 && Bool.random(using: &random)
        )
        _ = state.permits.granted(grant, now: now)
    }

    private mutating func answer(isEnding: Bool) {
        grant(isEnding: isEnding)
        if isProbing, Bool.random(using: &random) {
            isProbing = false
            let answers: [LoopsOutcome] = [.delivered, .unauthorized, .wrongAddress, .retry(.timedOut)]
            let outcome = isEnding ? .delivered : answers.randomElement(using: &random) ?? .delivered
            _ = state.keyProbed(LoopsResponse(outcome: outcome), now: now, random: dice())
            return
        }
        guard let index = inFlight.indices.randomElement(using: &random) else { return }
        let start = inFlight.remove(at: index)
        outcomes += 1
        now += .milliseconds(Int.random(in: 0..<50, using: &random))
        let settled = state.answered(start, isEnding ? Self.good : anyAnswer(), now: now, random: dice())
        note(settled.ends)
        forget(settled.given)
    }

    private mutating func note(_ ends: [EntryCompletion]) {
        for end in ends { ended[end.contact, default: []].append(end.id) }
    }

    private mutating func dice() -> Double { Double.random(in: 0..<1, using: &random) }

    private static let good = LoopsResponse(outcome: .delivered, status: 200)

    private mutating func anyAnswer() -> LoopsResponse {
        let others: [LoopsResponse] =
            LoopsOutcome.Retry.allCases.map { LoopsResponse(outcome: .retry($0), status: 200) }
            + LoopsOutcome.Rejection.allCases.map { LoopsResponse(outcome: .rejected($0), status: 400) }
            + [.throttled, .unauthorized, .wrongAddress, .alreadyDelivered].map { LoopsResponse(outcome: $0) }
        return Bool.random(using: &random) ? Self.good : others.randomElement(using: &random) ?? Self.good
    }
}

extension PlannedEntry {
    /// As it is when it is read anew.
    fileprivate mutating func reset() {
        (nextStep, failures, attempts, firstAttempt) = (0, 0, 0, nil)
        faults = []
    }
}
