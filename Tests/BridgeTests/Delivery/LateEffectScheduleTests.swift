import DevKit
import JSON
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import Support

/// A Loops that applies requests long after their client has given them up, driven by dice: what it applied, in the order in which it did.
private struct LateLoops {
    static let late = Duration.seconds(30)

    private(set) var applied: [(at: ContinuousClock.Instant, contact: String, number: Int64)] = []
    private var keys: [String: ContinuousClock.Instant] = [:]
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func answer(_ call: EncodedRequest, sent: ContinuousClock.Instant) -> (LoopsResponse, after: Duration) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return (LoopsResponse(outcome: .throttled, status: 429), .milliseconds(50))
        case 1: return (LoopsResponse(outcome: .retry(.unreachable)), .milliseconds(50))
        case 2: return (LoopsResponse(outcome: .retry(.serverError), status: 500), .milliseconds(50))
        case 3, 4:
            // Given up after a second; it may be applied at any time until the end of the window.
            if Bool.random(using: &random) {
                _ = apply(call, at: sent + .milliseconds(Int.random(in: 0..<30_000, using: &random)))
            }
            return (LoopsResponse(outcome: .retry(.timedOut)), .seconds(1))
        default:
            return apply(call, at: sent + .milliseconds(20))
                ? (LoopsResponse(outcome: .delivered, status: 200), .milliseconds(50))
                : (LoopsResponse(outcome: .alreadyDelivered, status: 409), .milliseconds(50))
        }
    }

    private mutating func apply(_ call: EncodedRequest, at instant: ContinuousClock.Instant) -> Bool {
        if let key = call.idempotencyKey, keys.updateValue(instant, forKey: key) != nil { return false }
        let body = try? JSONParser.parse(call.body)
        let number = (body?["seq"] ?? body?["eventProperties"]?["n"])?.integerValue
        if let number, let contact = body?["userId"]?.stringValue { applied.append((instant, contact, number)) }
        return true
    }
}

@Suite("Whenever Loops applies what was given up, a contact ends on its newest values")
struct LateEffectScheduleTests {
    private func effects(seed: UInt64, lateEffect: Duration) throws -> [String: [Int64]] {
        let start = ContinuousClock.now
        var random = SplitMix64(seed: seed)
        var loops = LateLoops(seed: seed)
        var state = DeliveryState(isLimited: false, maxInFlight: 4, retry: RetryPolicy(), lateEffect: lateEffect)
        var now = start
        var inFlight:
            [(
                start: ContactQueues.RequestStart, began: ContinuousClock.Instant, answer: LoopsResponse,
                due: ContinuousClock.Instant
            )] =
                []
        var left = 60
        var numbers: [String: UInt64] = [:]
        for _ in 0..<100_000 where left > 0 || !state.contactQueues.isEmpty {
            if left > 0, Int.random(in: 0..<3, using: &random) == 0 {
                left -= 1
                let contact = "c\(Int.random(in: 0..<4, using: &random))"
                numbers[contact, default: 0] += 1
                let number = numbers[contact] ?? 0
                let isEvent = Int.random(in: 0..<4, using: &random) == 0
                _ = state.contactQueues.admit(
                    isEvent ? .event(number, ["seq": .int(Int64(number))], of: contact) : .update(number, of: contact)
                )
            }
            inFlight.sort { $0.due < $1.due }
            if let next = inFlight.first, next.due <= now {
                inFlight.removeFirst()
                let dice = Double.random(in: 0..<1, using: &random)
                _ = state.answered(next.start, next.answer, began: next.began, now: now, random: dice)
                continue
            }
            switch state.next(now: now) {
            case .send(let start):
                let (answer, after) = loops.answer(start.step.call, sent: now)
                inFlight.append((start, now, answer, now + after))
            case .wait(let until):
                now =
                    [until, inFlight.map(\.due).min(), left > 0 ? now + .milliseconds(100) : nil].compactMap(\.self)
                    .min()
                    ?? now + .milliseconds(100)
            case .probeKey, .ask: Issue.record("no limiter, no key")
            }
        }
        try #require(state.contactQueues.isEmpty && left == 0)
        return Dictionary(grouping: loops.applied.sorted { $0.at < $1.at }, by: \.contact).mapValues {
            $0.map(\.number)
        }
    }

    /// No step over an entry, and the last is the newest.
    private func isInOrder(_ numbers: [Int64]) -> Bool {
        var before: Int64 = 0
        for number in numbers {
            if number > before + 1 { return false }
            before = number
        }
        return before == numbers.max()
    }

    @Test("Under any schedule", arguments: 1...40 as ClosedRange<UInt64>)
    func anySchedule(seed: UInt64) throws {
        for (contact, numbers) in try effects(seed: seed, lateEffect: LateLoops.late) {
            #expect(isInOrder(numbers), "\(contact): \(numbers)")
        }
    }

    @Test("Without the wait it goes wrong: the schedules are such")
    func withoutTheWait() throws {
        let wrong = try (1...10 as ClosedRange<UInt64>).count { seed in
            try effects(seed: seed, lateEffect: .zero).values.contains { !isInOrder($0) }
        }
        #expect(wrong >= 5)
    }
}
