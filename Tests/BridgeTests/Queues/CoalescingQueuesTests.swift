import DequeModule
import JSON
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import Destination
@testable import StreamGroups

@Suite("Lanes that coalesce: one request for several identifies, and never across anything else that is sent")
struct CoalescingQueuesTests {
    private let start = ContinuousClock.now

    private func contactQueues(_ coalescing: Coalescing = .lossless) -> ContactQueues {
        ContactQueues(rules: QueueRules(coalescing: coalescing))
    }

    private func started(_ contactQueues: inout ContactQueues, after: Duration = .zero) throws
        -> ContactQueues.RequestStart
    {
        let begun = contactQueues.start(now: start + after)
        return try #require(begun)
    }
    private func body(_ start: ContactQueues.RequestStart) throws -> JSONValue {
        try JSONParser.parse(start.step.call.body)
    }

    @Test("Waiting identifies become one request; all of them end after it, in order, and say how they shared it")
    func together() throws {
        var contactQueues = contactQueues()
        for entry in [
            PlannedEntry.identify(1, ["plan": "pro"]), .identify(2, ["plan": "pro"]), .identify(3, ["city": "Ulm"]),
        ] {
            #expect(contactQueues.admit(entry).isEmpty)
        }
        let begun = try started(&contactQueues)
        #expect(begun.entries == 3 && begun.entry == .sample(1))
        #expect(try body(begun) == ["userId": "u", "plan": "pro", "city": "Ulm"])
        _ = contactQueues.admit(.identify(4, ["plan": "pro"]))
        let ends = contactQueues.finish(begun.key, .delivered).ends
        #expect(ends.map(\.id) == [.sample(1), .sample(2), .sample(3)])
        #expect(ends.map(\.coalesced) == [nil, .identical, .merged])
        #expect(ends.allSatisfy { $0.kind == .delivered && $0.attempts == 1 })
        #expect(try started(&contactQueues).entry == .sample(4), "what came during the request is not part of it")
    }

    @Test("Never across a track, nor across anything else that is sent or wrong")
    func barriers() throws {
        var suspect = PlannedEntry.identify(2, ["plan": "pro"])
        suspect.isSuspect = true
        var faulty = PlannedEntry.identify(2, ["plan": "pro"])
        faulty.faults = [DeliveryFailure(reason: .invalidFields, detail: "")]
        var fromTrack = PlannedEntry.identify(2, ["plan": "pro"])
        fromTrack.isIdentify = false
        var otherTenure = PlannedEntry.identify(2, ["plan": "pro"])
        otherTenure.tenure = 9
        let track = PlannedEntry.sample(2, contact: "u")
        for barrier in [track, suspect, faulty, fromTrack, otherTenure, .identify(2, ["plan": "free"])] {
            var contactQueues = contactQueues()
            for entry in [PlannedEntry.identify(1, ["plan": "pro"]), barrier, .identify(3, ["plan": "pro"])] {
                _ = contactQueues.admit(entry)
            }
            #expect(try started(&contactQueues).entries == 1)
        }
    }

    @Test("An entry of which nothing is sent lies in between and ends in its place")
    func silentBetween() throws {
        var contactQueues = contactQueues()
        _ = contactQueues.admit(.identify(1, ["plan": "pro"]))
        _ = contactQueues.admit(.sample(2, contact: "u", steps: 0))
        _ = contactQueues.admit(.identify(3, ["plan": "pro"]))
        let begun = try started(&contactQueues)
        #expect(begun.entries == 2)
        let ends = contactQueues.finish(begun.key, .delivered).ends
        #expect(ends.map(\.id) == [.sample(1), .sample(2), .sample(3)])
        #expect(ends.map(\.kind) == [.delivered, .ignored, .delivered])
    }

    @Test("Off means off; at most so many share a request")
    func bounds() throws {
        var off = contactQueues(.off)
        _ = off.admit(.identify(1, ["plan": "pro"]))
        _ = off.admit(.identify(2, ["plan": "pro"]))
        #expect(try started(&off).entries == 1)
        var many = contactQueues()
        for number in 1...250 as ClosedRange<UInt64> { _ = many.admit(.identify(number, ["plan": "pro"])) }
        #expect(try started(&many).entries == UpdateMerge.mostEntries)
    }

    @Test("A refused request is parted: each goes by itself, and only the one at fault becomes a dead letter")
    func parted() throws {
        var contactQueues = contactQueues()
        for number in 1...3 as ClosedRange<UInt64> { _ = contactQueues.admit(.identify(number, ["p\(number)": "x"])) }
        let all = try started(&contactQueues)
        let fault = DeliveryFailure(reason: .refused, detail: "no", mapping: "m")
        #expect(contactQueues.finish(all.key, .failed(fault)).ends.isEmpty)
        var ends: [EntryCompletion] = []
        for number in 1...3 as ClosedRange<UInt64> {
            let one = try started(&contactQueues)
            #expect(one.entries == 1 && one.entry == .sample(number))
            ends += contactQueues.finish(one.key, number == 2 ? .failed(fault) : .delivered).ends
        }
        #expect(ends.map(\.kind) == [.delivered, .deadLettered([fault]), .delivered])
        #expect(ends.allSatisfy { $0.attempts == 2 && $0.coalesced == nil })
    }

    @Test("A retry may say more than the first attempt did; an unsent request counts for none")
    func again() throws {
        var contactQueues = contactQueues()
        _ = contactQueues.admit(.identify(1, ["plan": "pro"]))
        let first = try started(&contactQueues)
        _ = contactQueues.admit(.identify(2, ["city": "Ulm"]))
        _ = contactQueues.finish(first.key, .retry(at: start, counts: true))
        let second = try started(&contactQueues)
        #expect(second.entries == 2 && second.attempt == 2)
        _ = contactQueues.finish(second.key, .notSent)
        _ = contactQueues.leasesRenewed()
        let third = try started(&contactQueues)
        #expect(contactQueues.finish(third.key, .delivered).ends.map(\.attempts) == [2, 1])
    }

    @Test("Given up under way: what the request stood for comes home with it, what came later is given up at once")
    func abandoned() throws {
        for result in [ContactQueues.AttemptResult.delivered, .retry(at: start, counts: true), .notSent] {
            var contactQueues = contactQueues()
            for number in 1...2 as ClosedRange<UInt64> { _ = contactQueues.admit(.identify(number, ["plan": "pro"])) }
            let begun = try started(&contactQueues)
            _ = contactQueues.admit(.identify(3, ["plan": "pro"]))
            #expect(contactQueues.abandon(stream: 0, partition: 0).map(\.id) == [.sample(3)])
            let outcome = contactQueues.finish(begun.key, result)
            let ids: [StreamID] = [.sample(1), .sample(2)]
            if case .delivered = result {
                #expect(outcome.ends.map(\.id) == ids && outcome.given.isEmpty)
            } else {
                #expect(outcome.given.map(\.id) == ids && outcome.ends.isEmpty)
            }
            #expect(contactQueues.isEmpty && contactQueues.count == 0 && contactQueues.inFlight == 0)
        }
    }

    // MARK: Age

    @Test("What is too old is left out or becomes a dead letter, as its mapping says, and holds nobody up")
    func expiry() throws {
        for policy in [LatePolicy.expire, .deadLetter] {
            var contactQueues = contactQueues()
            let call = EncodedRequest(LoopsRequest(operation: .sendEvent, body: ["userId": "u"]), idempotencyKey: "k")
            let step = PlannedRequest(
                call: call,
                mapping: "Welcome",
                expiry: Expiry(at: start + .seconds(5), policy: policy)
            )
            _ = contactQueues.admit(PlannedEntry(.sample(1, contact: "u"), steps: [step]))
            _ = contactQueues.admit(
                PlannedEntry(.sample(2, contact: "u"), steps: [step, PlannedRequest(call: call, mapping: "b")])
            )
            _ = contactQueues.admit(.identify(3, ["plan": "pro"]))
            let next = try started(&contactQueues, after: .seconds(5))
            #expect(next.entry == .sample(2) && next.step.mapping == "b")
            let ends = contactQueues.takeEnds() + contactQueues.finish(next.key, .delivered).ends
            #expect(ends.map(\.id) == [.sample(1), .sample(2)])
            switch ends.map(\.kind) {
            case [.expired, .delivered]: #expect(policy == .expire && ends.map(\.expired) == [1, 1])
            case let kinds:
                #expect(policy == .deadLetter)
                for kind in kinds {
                    guard case .deadLettered(let faults) = kind else {
                        Issue.record("\(kind)")
                        continue
                    }
                    #expect(faults.map(\.reason) == [.tooOld] && faults.first?.mapping == "Welcome")
                }
            }
        }
    }

    @Test("At its age to the instant it is too old; a moment before it is sent")
    func expiryBorder() throws {
        let call = EncodedRequest(LoopsRequest(operation: .sendEvent, body: ["userId": "u"]), idempotencyKey: "k")
        let step = PlannedRequest(call: call, mapping: "m", expiry: Expiry(at: start + .seconds(5), policy: .expire))
        var contactQueues = contactQueues()
        _ = contactQueues.admit(PlannedEntry(.sample(1, contact: "u"), steps: [step]))
        #expect(contactQueues.start(now: start + .seconds(5) - .nanoseconds(1)) != nil)
    }
}

extension PlannedEntry {
    /// One identify of the contact `u`.
    static func identify(_ number: UInt64, _ traits: JSONObject) -> PlannedEntry {
        var body: JSONObject = ["userId": "u"]
        for (key, value) in traits { body[key] = value }
        let call = EncodedRequest(LoopsRequest(operation: .createOrUpdateContact, body: body), idempotencyKey: nil)
        var entry = PlannedEntry(.sample(number, contact: "u"), steps: [PlannedRequest(call: call, mapping: "m")])
        entry.isIdentify = true
        return entry
    }

    /// The same entry with other requests.
    init(_ other: PlannedEntry, steps: [PlannedRequest]) {
        self.init(
            contactQueue: other.contactQueue,
            id: other.id,
            partition: other.partition,
            size: other.size,
            steps: steps,
            faults: other.faults
        )
    }
}
