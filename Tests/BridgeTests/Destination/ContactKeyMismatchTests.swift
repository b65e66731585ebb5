import JSON
import Loops
import Segment
import Testing

@testable import Bridge
@testable import Destination

@Suite("Mappings whose contacts are not the ones in whose order they are sent")
struct ContactKeyMismatchTests {
    private func mismatch(
        _ fields: JSONObject,
        _ action: LoopsAction = .sendEvent,
        keys: [String] = ContactKeyRule.defaultPaths
    ) throws -> ContactKeyMismatch? {
        let mapping = try DestinationMapping(
            name: "M",
            action: action,
            trigger: "type = \"track\"",
            fields: .object(fields),
            usesDefaults: true
        )
        return try Destination(mappings: [mapping]).contactKeyMismatches(keys).first
    }

    @Test("The presets and a deletion name whom their order goes by")
    func presets() throws {
        #expect(Destination.presets.contactKeyMismatches().isEmpty)
        #expect(try mismatch([:], .deleteContact) == nil)
        // A mail is for an address, whoever has it.
        #expect(
            try mismatch(["transactionalId": "t", "email": ["@path": "$.properties.to"]], .sendTransactional) == nil
        )
    }

    @Test("A path that is no contact key, with the setting that makes it one")
    func unordered() throws {
        let found = try #require(try mismatch(["userId": ["@path": "$.properties.customerId"]]))
        #expect(found.paths == ["properties.customerId"])
        let keys = "properties.customerId,userId,traits.email,properties.email,context.traits.email,anonymousId"
        #expect(
            found.description
                == "mapping 'M': userId comes from properties.customerId, by which its events are not ordered; set bridge.contactKeys to \(keys)"
        )
        #expect(
            try mismatch(["userId": ["@path": "$.properties.customerId"]], keys: ["properties.customerId", "userId"])
                == nil
        )
    }

    @Test("A contact key that another one comes before")
    func behind() throws {
        let found = try #require(try mismatch(["userId": ["@path": "$.anonymousId"]]))
        #expect(found.contactKeys?.prefix(2) == ["anonymousId", "userId"])
        let either: JSONValue = [
            "@if": ["exists": ["@path": "$.userId"], "then": ["@path": "$.userId"], "else": ["@path": "$.anonymousId"]]
        ]
        #expect(try mismatch(["userId": either]) == nil)
    }

    @Test("What no setting helps against")
    func hopeless() throws {
        #expect(try mismatch(["userId": "everybody"])?.description.contains("is the same for all events") ?? false)
        let list = try #require(try mismatch(["userId": ["@path": "$.properties.items[0].id"]]))
        #expect(list.contactKeys == nil && list.description.contains("leads through a list"))
    }

    @Test("The health says so, and no more than three by name")
    func health() {
        var status = BridgeStatus(
            instance: "i",
            group: "g",
            redisConnected: true,
            isDrained: false,
            delivery: DeliverySnapshot(
                DeliveryState(isLimited: false, maxInFlight: 4, retry: RetryPolicy()),
                now: .now
            ),
            streams: [StreamStatus(name: "a", partitions: 8)],
            ends: CompletionCounts(),
            activity: Activity(streams: ["a"]).snapshot
        )
        status.mismatches = ["a", "b", "c", "d", "e"]
        #expect(status.health.state == .degraded)
        #expect(status.health.reasons.suffix(4) == ["a", "b", "c", "2 more mappings like that"])
    }
}
