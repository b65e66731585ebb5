import JSON

/// A CloudEvents 1.0 envelope (structured mode), as Dapr and others put around what they publish.
enum CloudEvent {
    /// The Segment event, or batch, in an envelope; nil where there is no envelope, or something else in it.
    ///
    /// `data` may be JSON, or a text that holds JSON. The envelope's `id` and `time` stand in for a `messageId` and a `timestamp` that the event
    /// lacks, so that what is published twice is delivered once.
    static func event(in object: JSONObject) -> JSONObject? {
        guard object["specversion"]?.stringValue?.hasPrefix("1.") == true, let data = object["data"] else { return nil }
        guard var event = event(data) else { return nil }
        guard event["batch"] == nil || event["type"] != nil else { return event }
        if event["messageId"] == nil, let id = object["id"]?.stringValue, !id.isEmpty {
            // An ID is one of its source only.
            event["messageId"] = .string((object["source"]?.stringValue ?? "") + " " + id)
        }
        if event["timestamp"] == nil, let time = object["time"] { event["timestamp"] = time }
        return event
    }

    private static func event(_ data: JSONValue) -> JSONObject? {
        var object = data.objectValue
        if case .string(let text) = data { object = (try? JSONParser.parse(text))?.objectValue }
        guard let object else { return nil }
        if object["batch"]?.arrayValue != nil { return object }
        let type = EventSpelling(object).object["type"]?.stringValue
        return type.map(SegmentEvent.isKnown) == true ? object : nil
    }
}
