package import JSON
import Loops
import Segment

/// Answers lines of NDJSON in the format of the vectors that prove the mapping: what `loops-bridge map` prints.
///
/// A line is a Segment event, which is read as the bridge reads it, or an object with `event` as an object and beside it `mappings`, `mapping` or `fql`.
package struct LineMapper: Sendable {
    private let destination: Destination

    /// - Parameter destination: for lines that bring no mappings.
    package init(destination: Destination) {
        self.destination = destination
    }

    /// The answer to one line; faults of the line are an answer too.
    package func map(_ line: [UInt8]) -> JSONValue {
        do {
            return map(try JSONParser.parse(line))
        } catch {
            return Self.error("line", "not JSON: \(error)")
        }
    }

    func map(_ line: JSONValue) -> JSONValue {
        guard case .object(let object) = line else { return Self.error("line", "not a JSON object") }
        // The event of a track call is a text; only a vector's is an object.
        guard let event = object["event"], case .object = event else {
            return results(destination, for: SegmentEvent.asRead(line))
        }
        if let fql = object["fql"] { return match(fql, event) }
        if let mapping = object["mapping"] { return resolve(mapping, event) }
        guard let mappings = object["mappings"] else { return results(destination, for: event) }
        guard case .array(let elements) = mappings else { return Self.error("line", "'mappings' is not an array") }
        guard elements.count <= Destination.mappingsMax else {
            return Self.error("line", "\(DestinationError.tooManyMappings(elements.count))")
        }
        return ["results": .array(elements.map { result($0, for: event) })]
    }

    private func results(_ destination: Destination, for event: JSONValue) -> JSONValue {
        ["results": .array(destination.results(for: event).map { Self.json($0.outcome) })]
    }

    private func match(_ fql: JSONValue, _ event: JSONValue) -> JSONValue {
        guard case .string(let text) = fql else { return Self.error("line", "'fql' is not a text") }
        do throws(TriggerError) {
            return ["matched": .bool(try Trigger(parsing: text).matches(event))]
        } catch {
            // A trigger that Segment cannot read matches nothing.
            var answer = Self.error("trigger", "\(error)").objectValue ?? [:]
            answer["matched"] = false
            return .object(answer)
        }
    }

    private func resolve(_ mapping: JSONValue, _ event: JSONValue) -> JSONValue {
        do {
            let value = try EventMapping(compiling: mapping).resolve(event)
            return .object(value.map { ["value": $0] } ?? JSONObject())
        } catch {
            return Self.error("mapping", "\(error)")
        }
    }

    /// The result of a mapping in the line, whose faults come to light only if its trigger matches, as in Segment.
    private func result(_ mapping: JSONValue, for event: JSONValue) -> JSONValue {
        do throws(InlineFault) {
            return Self.json(try Self.mapping(mapping).result(for: event).outcome)
        } catch {
            switch error {
            case .action: return Self.error("mapping", "\(error)")
            case .destination(.trigger(let error), _):
                var answer = Self.error("trigger", "\(error)").objectValue ?? [:]
                answer["matched"] = false
                return .object(answer)
            case .destination(let fault, let trigger):
                if case .noTrigger = fault { return Self.error("mapping", "\(fault)") }
                let isMatched = (try? Trigger(parsing: trigger))?.matches(event) ?? false
                return isMatched ? Self.error("mapping", "\(fault)") : ["matched": false]
            }
        }
    }

    /// Why a mapping that stands in the line cannot be used.
    enum InlineFault: Error, CustomStringConvertible {
        case action
        case destination(DestinationError, trigger: String)

        var description: String {
            switch self {
            case .action: "'partnerAction' is not one of \(LoopsAction.allCases.map(\.rawValue))"
            case .destination(let fault, _): "\(fault)"
            }
        }
    }

    /// A mapping that stands in the line, in Segment's form.
    static func mapping(_ mapping: JSONValue) throws(InlineFault) -> DestinationMapping {
        guard let name = mapping["partnerAction"]?.stringValue, let action = LoopsAction(rawValue: name) else {
            throw .action
        }
        let trigger = mapping["subscribe"]?.stringValue ?? action.traits.defaultTrigger
        do throws(DestinationError) {
            return try DestinationMapping(name: name, action: action, trigger: trigger, fields: mapping["mapping"])
        } catch {
            throw .destination(error, trigger: trigger ?? "")
        }
    }

    private static func json(_ outcome: MappingResult.Outcome) -> JSONValue {
        switch outcome {
        case .notMatched: return ["matched": false]
        case .request(let request):
            return [
                "request": [
                    "method": .string(request.method),
                    "url": .string("\(LoopsRequest.segmentBaseURL)/\(request.path)"),
                    "body": .object(request.body),
                ]
            ]
        case .invalid(let faults):
            let fields = faults.faults.map { fault -> JSONValue in
                [
                    "path": .string(fault.path),
                    "keyword": .string(fault.keyword.rawValue),
                    "params": .object(fault.params),
                ]
            }
            return ["error": ["kind": "invalid", "fields": .array(fields)]]
        case .mappingFailed(let error): return Self.error("mapping", "\(error)")
        }
    }

    private static func error(_ kind: String, _ message: String) -> JSONValue {
        ["error": ["kind": .string(kind), "message": .string(message)]]
    }
}
