import Bridge
import JSON
import Segment

/// Triggers and mappings.
enum MappingTimes {
    static func report(_ event: [UInt8]) throws {
        let value = try JSONParser.parse(event)
        let text = #"type = "track" and (event = "Order Completed" or event = "Signed Up") and properties.total > 100"#
        let trigger = try Trigger(parsing: text)
        let matching = try Stopwatch.time("FQL") { trigger.matches(value) }
        Stopwatch.report("FQL, four conditions", matching, bar: 1)

        let presets = Destination.presets
        let mapping = try Stopwatch.time("presets") { presets.results(for: value).count == 2 }
        Stopwatch.report("mapping by the presets", mapping, bar: 8)

        let one = try time(idle: 1, value)
        let all = try time(idle: Destination.mappingsMax, value)
        Stopwatch.report("a mapping that does not match", (all - one) / Double(Destination.mappingsMax - 1), bar: 0.3)
    }

    /// The time of so many mappings of which none matches.
    private static func time(idle count: Int, _ value: JSONValue) throws -> Double {
        let mappings = try (0..<count).map { index in
            try DestinationMapping(
                name: "idle \(index)",
                action: .sendEvent,
                trigger: "type = \"track\" and event = \"Another \(index)\""
            )
        }
        let destination = try Destination(mappings: mappings)
        return try Stopwatch.time("idle mappings") { destination.results(for: value).count == count }
    }
}
