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
