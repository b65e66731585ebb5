import Bridge
import Destination
import JSON
import Loops
import Segment

/// Triggers and mappings.
enum MappingTimes {
    /// - Returns: whether the bars are met.
    static func report(_ event: [UInt8]) throws -> Bool {
        let value = try JSONParser.parse(event)
        let text = #"type = "track" and (event = "Order Completed" or event = "Signed Up") and properties.total > 100"#
        let trigger = try Trigger(parsing: text)
        let matching = try Stopwatch.time("FQL") { trigger.matches(value) }
        var isMet = Stopwatch.report("FQL, four conditions", matching, bar: 1)

        for (name, event) in [("track", value), ("identify", try JSONParser.parse(SampleEvent.identify))] {
            let mapping = try Stopwatch.time("presets") { isOneRequest(Destination.presets.results(for: event)) }
            isMet = Stopwatch.report("mapping by the presets, \(name)", mapping, bar: 8) && isMet
        }

        let one = try time(idle: 1, value)
        let all = try time(idle: Destination.mappingsMax, value)
        let each = (all - one) / Double(Destination.mappingsMax - 1)
        return Stopwatch.report("a mapping that does not match", each, bar: 0.3) && isMet
    }

    /// Of the two presets one makes a request and the other one does not match.
    private static func isOneRequest(_ results: [MappingResult]) -> Bool {
        var requests = 0
        for result in results {
            switch result.outcome {
            case .request: requests += 1
            case .notMatched: break
            case .invalid, .mappingFailed: return false
            }
        }
        return results.count == 2 && requests == 1
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
