import JSON
import LoopsSimulator
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

/// The judge of `dev --once` against runs with planted violations.
@Suite("DeliveryAudit: judged by what took effect")
struct DeliveryAuditTests {
    /// Requests as a client makes them, one after the other.
    private struct Client {
        var simulation: Simulation
        var now: Int64 = 1_000_000_000

        init(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) {
            var configuration = SimulatorConfiguration()
            configuration.limiter.limit = 0
            change(&configuration)
            simulation = Simulation(
                configuration: configuration,
                clock: SimulatedClock(wall: 1_790_000_000_000_000_000, monotonic: now),
                monotonic: now
            )
        }

        mutating func begin(_ number: Int64, user: String = "u1", isEvent: Bool = false) -> (Int64, SimulationOutcome) {
            now += 1_000_000
            var body: JSONObject = ["userId": .string(user), "email": .string("\(user)@x.test")]
            var headers = [(name: "authorization", value: "Bearer \(TeamSeed.defaultKey)")]
            if isEvent {
                body["eventName"] = "E"
                body["eventProperties"] = ["seq": .int(number)]
                headers.append(("idempotency-key", "\(user)-\(number)"))
            } else {
                body["seq"] = .int(number)
            }
            let head = RequestHead(
                method: isEvent ? "POST" : "PUT",
                target: isEvent ? "/v1/events/send" : "/v1/contacts/update",
                headers: headers
            )
            let (sequence, _) = simulation.arrive(head, monotonic: now)
            return (sequence, simulation.receive(sequence, body: JSONValue.object(body).serialized(), monotonic: now))
        }

        mutating func send(_ number: Int64, user: String = "u1", isEvent: Bool = false) {
            let (sequence, _) = begin(number, user: user, isEvent: isEvent)
            now += 1_000_000
            _ = simulation.end(sequence, .answered, monotonic: now)
        }

        func audit(_ published: [PublishedEvent]? = nil, letters: Set<String> = []) -> DeliveryAudit {
            DeliveryAudit(EffectJudge(simulation), published: published, letters: letters)
        }
    }

    private func published(_ numbers: Int64...) -> [PublishedEvent] {
        numbers.map { number in
            let event: JSONValue = [
                "type": "identify", "userId": "u1", "messageId": .string("m\(number)"),
                "traits": ["email": "u1@x.test", "seq": .int(number)],
            ]
            return PublishedEvent(event.serialized())
        }
    }

    @Test("A clean run is clean; a replay in order is, too, and what is an event is passed over")
    func clean() {
        var client = Client()
        for number: Int64 in 1...4 { client.send(number, isEvent: number.isMultiple(of: 2)) }
        for number: Int64 in 3...4 { client.send(number, isEvent: number.isMultiple(of: 2)) }
        let audit = client.audit(published(1, 2, 3, 4))
        #expect(audit.isClean && audit.lost == [] && audit.hollow.isEmpty, "\(audit)")
        #expect(audit.repeated == 1)
    }

    @Test("A lost event is found, whatever the bridge has counted; one with a dead letter is none")
    func lost() {
        var client = Client()
        for number: Int64 in [1, 3] { client.send(number) }
        #expect(client.audit(published(1, 2, 3)).lost == ["m2"])
        #expect(!client.audit(published(1, 2, 3)).isClean)
        let audit = client.audit(published(1, 2, 3), letters: ["m2", "m3"])
        #expect(audit.isClean && audit.deadLettered == ["m2"])
        #expect(client.audit().lost == nil)
    }

    @Test("A 409 with nothing behind its key is no delivery")
    func hollow() {
        var client = Client {
            $0.idempotency.burnOn = .anyResponse
            $0.faults = [FaultRule("503", .respond(status: 503, .empty, .beforeCommit), remaining: 1)]
        }
        for _ in 1...2 { client.send(1, isEvent: true) }
        #expect(client.audit(published(1)).hollow == ["u1-1"])
        #expect(client.audit(published(1)).lost == ["m1"])
    }

    @Test("Order is that of the effects: an update that comes late leaves its contact on old values")
    func late() {
        var client = Client {
            $0.faults = [FaultRule("slow", .delay(.fixed(milliseconds: 50), .beforeCommit), remaining: 1)]
        }
        let (first, _) = client.begin(1)
        client.now += 1_000_000
        _ = client.simulation.end(first, .clientLeft, monotonic: client.now)
        client.now += 60_000_000
        client.send(1)
        client.send(2)
        _ = client.simulation.proceed(first, monotonic: client.now)
        #expect(client.audit(published(1, 2)).unfinished == ["u1"])
    }

    @Test("An older event after a newer one, an event twice, another contact, two at once: each is found")
    func others() {
        var client = Client()
        for number: Int64 in [2, 1] { client.send(number, isEvent: true) }
        #expect(client.audit().outOfOrder == ["u1"])

        client = Client()
        client.send(1, isEvent: true)
        client.simulation.clock.advance(nanoseconds: 25 * 3_600 * 1_000_000_000)
        client.send(1, isEvent: true)
        #expect(!client.audit().appliedTwice.isEmpty)

        client = Client { $0.validation.splitIdentity = .emailWins }
        client.simulation.state.seedContact(email: "u1@x.test", userID: "other")
        client.simulation.state.seedContact(email: "own@x.test", userID: "u1")
        client.send(1)
        #expect(client.audit().misdirected == ["u1-1"])

        client = Client()
        _ = client.begin(1)
        _ = client.begin(2)
        #expect(client.audit().overlapping == ["u1"])
    }
}
