import JSON
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("A 409 on our own key: what of the event has happened, and what of its contact is said again")
struct UsedKeyTests {
    private let start = ContinuousClock.now
    private let used = LoopsResponse(outcome: .alreadyDelivered, status: 409)
    private let late = Duration.seconds(30)

    private func state() -> DeliveryState {
        DeliveryState(isLimited: false, maxInFlight: 4, retry: RetryPolicy(), lateEffect: late)
    }

    private func send(_ state: inout DeliveryState, _ now: inout ContinuousClock.Instant) throws
        -> ContactQueues.RequestStart
    {
        for _ in 0..<10 {
            switch state.next(now: now) {
            case .send(let start): return start
            case .wait(let until?): now = until
            case .wait(nil), .probeKey, .ask: break
            }
        }
        throw NotStarted()
    }
    private struct NotStarted: Error {}

    /// Answers the requests of one event one after the other and gives its ends and what was sent.
    private func answer(_ entry: PlannedEntry, _ answers: LoopsResponse...) throws -> (
        ends: [EntryCompletion.Kind], sent: [EncodedRequest], now: ContinuousClock.Instant
    ) {
        var state = state()
        var now = start
        var ends = state.contactQueues.admit(entry).map(\.kind)
        var sent: [EncodedRequest] = []
        for answer in answers {
            let begun = try send(&state, &now)
            sent.append(begun.step.call)
            ends += state.answered(begun, answer, now: now, random: 0).ends.map(\.kind)
        }
        #expect(ends.isEmpty || state.contactQueues.isEmpty)
        return (ends, sent, now)
    }

    private let good = LoopsResponse(outcome: .delivered, status: 200)

    @Test("What the event says of its contact follows as an update, and only then the entry ends")
    func contactIsSaidAgain() throws {
        let event = PlannedEntry.event(1, ["plan": "pro", "mailingLists": ["l1": true]])
        let (ends, sent, _) = try answer(event, used, good)
        #expect(ends == [.delivered])
        #expect(sent.map(\.operation) == [.sendEvent, .createOrUpdateContact])
        #expect(sent[1].method == "PUT" && sent[1].path == "contacts/update" && sent[1].idempotencyKey == nil)
        let expected: JSONValue = ["userId": "u1", "plan": "pro", "mailingLists": ["l1": true]]
        #expect(try JSONParser.parse(sent[1].body) == expected)
        #expect(try answer(event, used).ends.isEmpty, "not before the update")
    }

    @Test("An address is part of the contact; an event of a user ID alone needs nothing more")
    func addresses() throws {
        #expect(try answer(.event(1, ["email": "a@x.test"]), used, good).sent.count == 2)
        #expect(try answer(.event(1, [:]), used).ends == [.delivered])
    }

    @Test("When the update is refused, the entry is dead-lettered; when it fails, it is sent again")
    func updateFails() throws {
        let event = PlannedEntry.event(1, ["plan": "pro"])
        let refused = try answer(event, used, LoopsResponse(outcome: .rejected(.refused), status: 400))
        guard case .deadLettered(let faults)? = refused.ends.first else {
            Issue.record("not dead-lettered")
            return
        }
        #expect(faults.map(\.reason) == [.refused])
        let failed = LoopsResponse(outcome: .retry(.serverError), status: 500)
        #expect(try answer(event, used, failed, good).ends == [.delivered])
    }

    @Test("After an attempt that may still be under way it is asked again when that is over; only then it counts")
    func undecided() throws {
        let event = PlannedEntry.event(1, [:])
        for (outcome, status) in [
            (LoopsOutcome.Retry.timedOut, nil), (.connectionLost, nil), (.serverError, 504), (.requestTimeout, 408),
        ] {
            let unknown = LoopsResponse(outcome: .retry(outcome), status: status)
            #expect(try answer(event, unknown, used).ends.isEmpty, "\(outcome)")
            let again = try answer(event, unknown, used, used)
            #expect(again.ends == [.delivered] && again.now >= start + late, "\(outcome)")
            // The first attempt has failed after all: the event is delivered, and not lost.
            #expect(try answer(event, unknown, used, good).ends == [.delivered])
        }
        let said = LoopsResponse(outcome: .retry(.inProgress), status: 409)
        #expect(try answer(event, said, used).ends == [.delivered])
    }

    @Test("Where no attempt can have succeeded, a used key is no success", arguments: [503, 429, nil])
    func unconfirmed(status: Int?) throws {
        var event = PlannedEntry.event(1, ["plan": "pro"])
        let outcome: LoopsOutcome =
            status == 503 ? .retry(.serverError) : status == 429 ? .throttled : .retry(.unreachable)
        let refused = LoopsResponse(outcome: outcome, status: status)
        event.isFirstDelivery = true
        guard case .deadLettered(let faults)? = try answer(event, refused, used).ends.first else {
            Issue.record("taken for a success")
            return
        }
        #expect(faults.map(\.reason) == [.unconfirmed])
        // An attempt that may have succeeded decides.
        let unclear = LoopsResponse(outcome: .retry(.serverError), status: 500)
        #expect(try answer(event, refused, unclear, used, good).ends == [.delivered])
        // So does another process that may have delivered it before.
        event.isFirstDelivery = false
        #expect(try answer(event, refused, used, good).ends == [.delivered])
    }

    @Test("With no attempt before it, the 409 is about somebody else's: the event has happened")
    func replayed() throws {
        var event = PlannedEntry.event(1, [:])
        event.isFirstDelivery = true
        #expect(try answer(event, used).ends == [.delivered])
    }
}

extension PlannedEntry {
    /// An event of a contact, with what it says of the contact.
    static func event(_ number: UInt64, _ contact: JSONObject, of name: String = "u1") -> PlannedEntry {
        var body: JSONObject = [
            "userId": .string(name), "eventName": "E", "eventProperties": ["n": .int(Int64(number))],
        ]
        for (key, value) in contact { body[key] = value }
        return PlannedEntry(
            contactQueue: OrderingKey(stream: 0, contact: name),
            id: .sample(number),
            partition: 0,
            size: 100,
            steps: [
                PlannedRequest(
                    call: EncodedRequest(
                        LoopsRequest(operation: .sendEvent, body: body),
                        idempotencyKey: "k\(name)\(number)"
                    ),
                    mapping: "m"
                )
            ],
            faults: []
        )
    }

    /// An update of a contact that says its number.
    static func update(_ number: UInt64, of name: String = "u1") -> PlannedEntry {
        let body: JSONObject = ["userId": .string(name), "seq": .int(Int64(number))]
        var entry = PlannedEntry(
            contactQueue: OrderingKey(stream: 0, contact: name),
            id: .sample(number),
            partition: 0,
            size: 100,
            steps: [
                PlannedRequest(
                    call: EncodedRequest(
                        LoopsRequest(operation: .createOrUpdateContact, body: body),
                        idempotencyKey: nil
                    ),
                    mapping: "m"
                )
            ],
            faults: []
        )
        entry.isIdentify = true
        return entry
    }
}
