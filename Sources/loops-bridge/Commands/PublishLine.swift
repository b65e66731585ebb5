import JSON

/// One line of NDJSON on its way into a stream.
enum PublishLine: Equatable {
    /// One event as it came, or the events of a batch, each for itself.
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
        guard let object = value.objectValue else {
            self = .refused("not a JSON object")
            return
        }
        guard let batch = object["batch"] else {
            self = .events([line])
            return
        }
        guard let events = batch.arrayValue, events.allSatisfy({ $0.objectValue != nil }) else {
            self = .refused("\"batch\" is not an array of events")
            return
        }
        self = .events(events.map { $0.serialized() })
    }
}
