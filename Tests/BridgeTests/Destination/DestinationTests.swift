import Bridge
import Destination
import JSON
import Loops
import Testing

@Suite struct DestinationTests {
    @Test func thePresetsAreSegments() {
        #expect(Destination.presets.mappings.map(\.action) == [.createOrUpdateContact, .sendEvent])
        #expect(Destination.presets.mappings.allSatisfy { $0.isEnabled && $0.options.isOff })
    }

    @Test func everyActionsDefaultsCompile() throws {
        for action in LoopsAction.allCases {
            let trigger = action.traits.defaultTrigger ?? "type = \"track\""
            _ = try DestinationMapping(name: "x", action: action, trigger: trigger)
        }
        #expect(throws: DestinationError.noTrigger(.sendTransactional)) {
            try DestinationMapping(name: "x", action: .sendTransactional)
        }
    }

    @Test func aDeletionTakesWhatTheEventSays() throws {
        let destination = try Destination(mappings: [DestinationMapping(name: "d", action: .deleteContact)])
        func body(_ event: JSONValue) -> JSONObject? {
            if case .request(let request)? = destination.results(for: event).first?.outcome {
                request.body
            } else {
                nil
            }
        }
        #expect(body(["type": "delete", "userId": "u", "traits": ["email": "bad"]]) == ["userId": "u"])
        #expect(body(["type": "delete", "traits": ["email": "a@b.co"]]) == ["email": "a@b.co"])
        #expect(body(["type": "delete", "context": ["traits": ["email": "a@b.co"]]]) == ["email": "a@b.co"])
        #expect(body(["type": "delete"]) == nil)
    }

    @Test func aDisabledMappingHasNoResultAndAFailureStopsNoOther() throws {
        let destination = try Destination(mappings: [
            DestinationMapping(name: "off", action: .sendEvent, isEnabled: false),
            DestinationMapping(
                name: "fails",
                action: .sendEvent,
                fields: ["userId": ["@path": ["@path": "$.missing"]]]
            ),
            DestinationMapping(name: "lacks", action: .sendEvent, fields: ["eventName": "E"]),
            DestinationMapping(name: "whole", action: .sendEvent, fields: ["@path": "$.missing"]),
            DestinationMapping(
                name: "works",
                action: .sendEvent,
                fields: ["eventName": "E"],
                usesDefaults: true,
                priority: 3
            ),
        ])
        let results = destination.results(for: ["type": "track", "userId": "u"])
        #expect(results.map(\.mapping) == ["fails", "lacks", "whole", "works"])
        #expect(results.last?.priority == 3)
        guard case .mappingFailed = results[0].outcome, case .invalid = results[1].outcome,
            case .invalid = results[2].outcome,
            case .request(let request) = results[3].outcome
        else {
            Issue.record("\(results)")
            return
        }
        #expect(request.body == ["eventName": "E", "userId": "u"])
    }

    @Test func mappingsHaveALimit() throws {
        let mapping = try DestinationMapping(name: "m", action: .sendEvent)
        #expect(try Destination(mappings: Array(repeating: mapping, count: 50)).mappings.count == 50)
        #expect(throws: DestinationError.tooManyMappings(51)) {
            try Destination(mappings: Array(repeating: mapping, count: 51))
        }
    }

    @Test func optionsAreAppliedAndNoted() throws {
        let mapping = try DestinationMapping(
            name: "m",
            action: .createOrUpdateContact,
            options: ContentOptions(dropsReservedNames: true)
        )
        let results = try Destination(mappings: [mapping]).results(for: [
            "type": "identify", "userId": "u", "traits": ["id": 1, "a": 2],
        ])
        #expect(results.first?.adjustments == [Adjustment(kind: .droppedReserved, path: "/id")])
    }
}
