import DevKit
import Loops
import RedisStreams
import Testing

@testable import Bridge

/// Drives a ``DeliveryState`` by dice: entries come, requests start and end in any order with any outcome, time passes.
struct RandomSchedule {
    private(set) var state: DeliveryState
    private(set) var admitted: [String: [StreamID]] = [:]
    private(set) var ended: [String: [StreamID]] = [:]
    /// Answers that were given.
    private(set) var outcomes = 0

    private var random: SplitMix64
    private var now: ContinuousClock.Instant
    private var underWay: [Lanes.Start] = []
    private var isProbing = false
    private var steps = 0
    private let maxInFlight: Int
    private static let admissions = 2000

    init(seed: UInt64, start: ContinuousClock.Instant) {
        random = SplitMix64(seed: seed)
        now = start
        maxInFlight = Int(seed % 5) + 1
        state = DeliveryState(
            ratePerSecond: seed.isMultiple(of: 2) ? 0 : 50,
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
        case 0 where !isEnding: admit()
        case 1: try start(isEnding: isEnding)
        default: answer(isEnding: isEnding)
        }
        #expect(state.inFlight == underWay.count + (isProbing ? 1 : 0) && state.inFlight <= maxInFlight)
        return !isEnding || !state.lanes.isEmpty || state.inFlight > 0
    }

    private mutating func admit() {
        let contact = "c\(Int.random(in: 0..<9, using: &random))"
        let id = StreamID.sample(UInt64(steps))
        admitted[contact, default: []].append(id)
        note(state.lanes.admit(.sample(UInt64(steps), contact: contact, steps: .random(in: 0..<3, using: &random))))
    }

    private mutating func start(isEnding: Bool) throws {
        switch state.next(now: now) {
        case .send(let start):
            #expect(!underWay.contains { $0.key == start.key }, "two requests of one contact at once")
            underWay.append(start)
        case .probeKey:
            #expect(!isProbing, "two probes at once")
            isProbing = true
        case .wait(let until?):
            #expect(until > now, "an alarm that is due already would spin")
            now = isEnding || Bool.random(using: &random) ? until : now + .milliseconds(5)
        case .wait(nil):
            let hasCause = state.lanes.isEmpty || !underWay.isEmpty || isProbing
            try #require(hasCause, "entries wait, and nothing would ever wake them")
        }
    }

    private mutating func answer(isEnding: Bool) {
        if isProbing, Bool.random(using: &random) {
            isProbing = false
            _ = state.keyProbed(isGood: isEnding || Bool.random(using: &random), now: now, random: dice())
            return
        }
        guard let index = underWay.indices.randomElement(using: &random) else { return }
        let start = underWay.remove(at: index)
        outcomes += 1
        now += .milliseconds(Int.random(in: 0..<50, using: &random))
        note(state.answered(start, isEnding ? Self.good : anyAnswer(), now: now, random: dice()).ends)
    }

    private mutating func note(_ ends: [EntryEnd]) {
        for end in ends { ended[end.contact, default: []].append(end.id) }
    }

    private mutating func dice() -> Double { Double.random(in: 0..<1, using: &random) }

    private static let good = LoopsAnswer(outcome: .delivered, status: 200)

    private mutating func anyAnswer() -> LoopsAnswer {
        let others: [LoopsAnswer] =
            LoopsOutcome.Retry.allCases.map { LoopsAnswer(outcome: .retry($0), status: 200) }
            + LoopsOutcome.Rejection.allCases.map { LoopsAnswer(outcome: .rejected($0), status: 400) }
            + [.throttled, .unauthorized, .alreadyDelivered].map { LoopsAnswer(outcome: $0) }
        return Bool.random(using: &random) ? Self.good : others.randomElement(using: &random) ?? Self.good
    }
}
