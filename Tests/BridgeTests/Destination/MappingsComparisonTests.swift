import JSON
import Loops
import Testing

@testable import Bridge
@testable import Destination

@Suite("What other mappings would make of the same events")
struct MappingsComparisonTests {
    private func mapping(_ name: String, _ trigger: String, event: String = "$.event") throws -> DestinationMapping {
        let fields: JSONValue = ["eventName": .object(["@path": .string(event)]), "userId": ["@path": "$.userId"]]
        return try DestinationMapping(name: name, action: .sendEvent, trigger: trigger, fields: fields)
    }

    private let event: JSONValue = ["type": "track", "event": "A", "userId": "u", "properties": ["name": "B"]]

    private func compare(_ old: [DestinationMapping], _ new: [DestinationMapping]) throws -> MappingsComparison {
        MappingsComparison(old: try Destination(mappings: old), new: try Destination(mappings: new))
    }

    @Test("Requests that come, go and change are told apart, and what would be dead-lettered")
    func kinds() throws {
        let track = "type = \"track\""
        let page = "type = \"page\""
        let good = try mapping("m", track)
        let cases: [([DestinationMapping], [DestinationMapping], MappingsComparison.Change.Kind?)] = [
            ([good], [good], nil), ([], [good], .added), ([good], [], .removed),
            ([good], [try mapping("m", page)], .removed),
            ([good], [try mapping("m", track, event: "$.properties.name")], .changed),
            ([good], [try mapping("m", track, event: "$.nothing")], .broken),
            ([try mapping("m", track, event: "$.nothing")], [good], .mended),
        ]
        for (old, new, kind) in cases {
            var comparison = try compare(old, new)
            let changes = comparison.take(event)
            #expect(changes.map(\.kind) == [kind].compactMap(\.self))
            #expect(comparison.events == 1 && comparison.changed == changes.count)
            if kind == .changed {
                #expect(changes.first?.differences == [.init(path: "/body/eventName", expected: "A", found: "B")])
            }
            if kind == .broken { #expect(changes.first?.fault?.contains("eventName") == true) }
        }
    }
}
