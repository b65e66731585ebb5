import JSON

/// One line of NDJSON on its way into a stream.
enum PublishLine: Equatable {
    /// One event as it came, or the events of a batch or an array, each for itself.
    case events([[UInt8]])
    case refused(String)

    init(_ line: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONParser.parse(line)
        } catch {
            self = .refused("not JSON: \(error)")
            return
        }
        if let array = value.arrayValue {
            self = Self.array(array)
            return
        }
        guard let object = value.objectValue else {
            self = .refused("not a JSON object")
            return
        }
        guard object["batch"] != nil, object["type"]?.stringValue == nil else {
            self = .events([line])
            return
        }
        guard let events = Self.batch(object) else {
            self = .refused("\"batch\" is not an array of events")
            return
        }
        self = .events(events)
    }

    private static func array(_ elements: [JSONValue]) -> PublishLine {
        if elements.isEmpty { return .refused("an array without events") }
        var events: [[UInt8]] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.objectValue else {
                return .refused("not a JSON object: element \(index + 1) of the array")
            }
            guard object["batch"] != nil, object["type"]?.stringValue == nil else {
                events.append(element.serialized())
                continue
            }
            guard let own = batch(object) else {
                return .refused("\"batch\" is not an array of events: element \(index + 1) of the array")
            }
            events += own
        }
        return .events(events)
    }

    /// The events of a batch, with what it says once for all of them; nil when it holds something else.
    private static func batch(_ object: JSONObject) -> [[UInt8]]? {
        guard let elements = object["batch"]?.arrayValue else { return nil }
        var events: [[UInt8]] = []
        for element in elements {
            guard var event = element.objectValue else { return nil }
            for name in ["context", "integrations"] {
                if event[name] == nil, let shared = object[name] { event[name] = shared }
            }
            events.append(JSONValue.object(event).serialized())
        }
        return events
    }
}
