import Bridge
import JSON
import Loops
import LoopsSimulator
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

/// What nobody knows of Loops is a setting of the simulator: the bridge runs with each reading of each, and is judged by what took effect.
@Suite(
    "Whatever Loops does where its documents say nothing: nothing is lost, nothing happens twice, order holds",
    .tags(.servers),
    .timeLimit(.minutes(10))
)
struct UnknownsTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        let name: String
        let value: JSONValue
        var testDescription: String { "\(name) = \(value.jsonText)" }
    }

    /// Each unverified setting with each of its words; for those that take numbers or lists, another one than the usual.
    static let readings: [Reading] = SimulatorSetting.unverified(in: SimulatorConfiguration()).flatMap { setting in
        let others: [String: JSONValue] = [
            "order": ["authentication", "body", "idempotency", "rate_limit", "length", "fields"], "length_status": 413,
            "plan_status": 402,
        ]
        if let other = others[setting.name] { return [Reading(name: setting.name, value: other)] }
        return setting.allowed.map { word in
            Reading(name: setting.name, value: word == "true" ? true : word == "false" ? false : .string(word))
        }
    }

    /// Answers that are lost, requests that last too long, and failures that may use a key up.
    private static let faults: [FaultRule] = [
        FaultRule("lost answer", .disconnect(reset: true, .afterCommit), probability: 0.1),
        FaultRule("slow", .delay(.fixed(milliseconds: 700), .beforeCommit), probability: 1, nth: 4),
        FaultRule("unavailable", .respond(status: 503, .message("Service Unavailable"), .beforeCommit), nth: 7),
    ]

    @Test("Each reading of each unknown", arguments: readings)
    func each(_ reading: Reading) async throws {
        var simulation = SimulatorConfiguration()
        try SimulatorSetting.apply(JSONObject([(reading.name, reading.value)]), to: &simulation)
        simulation.limiter.limit = 200
        simulation.validation.planContacts = reading.name == "plan_status" ? 2 : 0
        simulation.faults = Self.faults
        try await judge(simulation)
    }

    @Test("Each profile as a whole", arguments: [SimulatorProfile.documented, .lenient, .hostile])
    func profiles(_ profile: SimulatorProfile) async throws {
        var simulation = profile.configuration(seed: 3)
        simulation.limiter.limit = 200
        // An ambiguous failure that uses a key up is the one loss that nobody can tell from a success; the docs say so.
        simulation.faults.removeAll { $0.name == "broken before the commit" }
        try await judge(simulation, count: 60)
    }

    private func judge(_ simulation: SimulatorConfiguration, count: Int = 16) async throws {
        try await Harness.run(
            simulation: simulation,
            change: { configuration in
                configuration.loops.requestTimeout = .milliseconds(500)
                configuration.lateEffect = .seconds(2)
            }
        ) { harness in
            let events = Harness.events(count, contacts: 4)
            try await harness.publish(events)
            await harness.bridge.confirmedEnds.reached(count)
            let letters = try await harness.deadLetters().compactMap { letter in
                try letter["event"].flatMap { try JSONParser.parse(Array($0.utf8))["messageId"]?.stringValue }
            }
            let audit = DeliveryAudit(
                harness.simulator.evidence(),
                published: events.map { PublishedEvent($0) },
                letters: Set(letters)
            )
            #expect(audit.isClean, "\(audit)")
            #expect(audit.lost == [], "\(audit)")
            #expect(try await harness.pending() == 0)
        }
    }
}
