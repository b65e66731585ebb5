import JSON

extension EntryDecoder {
    /// The object that the fields hold: an event or a batch.
    func object(from fields: [Field]) throws(EntryError) -> JSONObject {
        guard let only = fields.first else { throw .emptyEntry }
        let candidates = Self.fieldNameBytes.compactMap { name in Self.field(name, of: fields) }
        if let field = candidates.first(where: { Self.beginsAsObject($0.value) }) {
            let object = try Self.parse(field)
            return CloudEvent.event(in: object) ?? object
        }
        if Self.field(Self.typeName, of: fields) != nil { return try FlatFields.object(fields) }
        // The name of an event beside its other members is no JSON, and need not be.
        if fields.count > 1, Self.flatNames.contains(where: { Self.field($0, of: fields) != nil }) {
            throw .foreign(.untyped, .missingType)
        }
        if let field = candidates.first ?? (fields.count == 1 ? only : nil) {
            let object = try Self.parse(field)
            return CloudEvent.event(in: object) ?? object
        }
        let fault = EntryError.noEventField(names: fields.prefix(100).map { Self.text($0.name) })
        if let look = fields.lazy.compactMap({ EntryLook(of: $0.value) }).first { throw .foreign(look, fault) }
        throw fault
    }

    /// Names that only an event's members have.
    private static let flatNames = ["userId", "anonymousId", "traits", "properties", "messageId"].map { Array($0.utf8) }
    private static let fieldNameBytes = fieldNames.map { Array($0.utf8) }
    private static let typeName = Array("type".utf8)

    private static func field(_ name: [UInt8], of fields: [Field]) -> Field? { fields.first { $0.name == name } }

    private static func beginsAsObject(_ value: [UInt8]) -> Bool {
        value.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } == UInt8(ascii: "{")
    }

    static func parse(_ field: Field) throws(EntryError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(field.value)
        } catch {
            let fault = EntryError.notJSON(field: text(field.name), error)
            guard let look = EntryLook(of: field.value) else { throw fault }
            throw .foreign(look, fault)
        }
        guard case .object(let object) = value else {
            throw .notAnObject(field: text(field.name), found: value.kindName)
        }
        return object
    }

    /// A name for a message; what is not UTF-8 in it shows as U+FFFD.
    private static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}

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
