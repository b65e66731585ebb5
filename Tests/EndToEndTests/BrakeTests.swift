import Bridge
import Destination
import JSON
import LoopsSimulator
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("The brake: a bad change of the mappings under load", .tags(.servers), .timeLimit(.minutes(3)))
struct BrakeTests {
    /// The presets, and a broken one: nobody's address is there.
    private static let broken = """
        {"mappings": [
          {"name": "Create or update contact", "action": "createOrUpdateContact", "useDefaults": false,
           "trigger": "type = \\"identify\\"",
           "mapping": {"userId": {"@path": "$.userId"}, "email": {"@path": "$.traits.nowhere"}, "firstName": {"@path": "$.traits"}}},
          {"name": "Send event", "action": "sendEvent", "useDefaults": false, "trigger": "type = \\"track\\"",
           "mapping": {"userId": {"@path": "$.userId"}, "eventName": {"@path": "$.nowhere"}}}]}
        """
    /// As the presets, but that no track has its event's name.
    private static let brokenTrack = """
        {"mappings": [
          {"name": "Create or update contact", "action": "createOrUpdateContact"},
          {"name": "Send event", "action": "sendEvent", "useDefaults": false, "trigger": "type = \\"track\\"",
           "mapping": {"userId": {"@path": "$.userId"}, "eventName": {"@path": "$.nowhere"}}}]}
        """

    private static func pause(_ harness: Harness) async throws -> Pause {
        while true {
            if let pause = harness.bridge.status.streams.first?.pause { return pause }
            try await harness.tick()
        }
    }

    @Test("At most 25 dead letters, and the old mappings bring everything else, in order")
    func stopped() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(400))
            await harness.simulator.waitForEffects(count: 200)
            harness.bridge.reload(try Destination(file: "m.json", bytes: Array(Self.broken.utf8)))
            try await harness.publish(Harness.events(600, from: 400))
            let pause = try await Self.pause(harness)
            #expect(pause.by == Pause.brakeName && pause.brake?.previous != nil, "\(pause)")
            try await harness.metric(#"loops_bridge_brakes_total{stream="segment:events"} 1"#)
            let letters = try await harness.deadLetters().count
            #expect(letters <= 25)
            try await harness.beats(3)
            #expect(try await harness.deadLetters().count == letters)
            #expect(harness.bridge.status.health.state != .healthy)
            harness.bridge.reload(.presets)
            await harness.bridge.confirmedEnds.reached(1000)
            try await harness.settled()
            #expect(try await harness.deadLetters().count == letters)
            #expect(harness.bridge.status.ends.delivered == 1000 - letters)
            #expect(harness.audit.isClean, "\(harness.audit)")
        }
    }

    @Test("A person who resumes accepts them: all of them become dead letters, and nothing stops again")
    func accepted() async throws {
        try await Harness.run { harness in
            try await harness.publish(Harness.events(40))
            await harness.bridge.confirmedEnds.reached(40)
            harness.bridge.reload(try Destination(file: "m.json", bytes: Array(Self.brokenTrack.utf8)))
            try await harness.publish(Harness.events(100, from: 40))
            _ = try await Self.pause(harness)
            _ = try await harness.bridge.resume([Harness.stream])
            await harness.bridge.confirmedEnds.reached(140)
            #expect(harness.bridge.status.streams.first?.pause == nil)
            let letters = try await harness.deadLetters().count
            #expect(harness.bridge.status.ends.delivered + letters == 140)
            try await harness.metric(#"loops_bridge_brakes_total{stream="segment:events"} 1"#)
        }
    }

    @Test("With bridge.brake off, every event becomes what the mappings say")
    func off() async throws {
        try await Harness.run(change: { $0.brakes = false }) { harness in
            try await harness.publish(Harness.events(40))
            await harness.bridge.confirmedEnds.reached(40)
            harness.bridge.reload(try Destination(file: "m.json", bytes: Array(Self.brokenTrack.utf8)))
            try await harness.publish(Harness.events(100, from: 40))
            await harness.bridge.confirmedEnds.reached(140)
            #expect(harness.bridge.status.streams.first?.pause == nil)
        }
    }
}
