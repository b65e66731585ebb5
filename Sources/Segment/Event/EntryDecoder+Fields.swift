import JSON

extension EntryDecoder {
    /// The object that the fields hold: an event or a batch.
    func object(from fields: [Field]) throws(EntryFault) -> JSONObject {
        guard let only = fields.first else { throw .emptyEntry }
        let candidates = Self.fieldNames.compactMap { name in Self.field(name, of: fields) }
        if let field = candidates.first(where: { Self.beginsAsObject($0.value) }) { return try Self.parse(field) }
        if Self.field("type", of: fields) != nil { return try Self.flat(fields) }
        if let field = candidates.first ?? (fields.count == 1 ? only : nil) { return try Self.parse(field) }
        throw .noEventField(names: fields.prefix(100).map { Self.text($0.name) })
    }

    private static func field(_ name: String, of fields: [Field]) -> Field? {
        fields.first { $0.name.elementsEqual(name.utf8) }
    }

    private static func beginsAsObject(_ value: [UInt8]) -> Bool {
        value.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } == UInt8(ascii: "{")
    }

    private static func parse(_ field: Field) throws(EntryFault) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(field.value)
        } catch {
            throw .notJSON(field: text(field.name), error)
        }
        guard case .object(let object) = value else {
            throw .notAnObject(field: text(field.name), found: value.kindName)
        }
        return object
    }

    private static func flat(_ fields: [Field]) throws(EntryFault) -> JSONObject {
        var object = JSONObject()
        var leftOut: Set<String> = []
        for field in fields {
            guard let name = String(validating: field.name, as: UTF8.self) else {
                throw .notUTF8(field: text(field.name))
            }
            guard object[name] == nil, !leftOut.contains(name) else { continue }
            if jsonFieldNames.contains(name) {
                if field.value.isEmpty {
                    leftOut.insert(name)
                } else {
                    object[name] = .object(try parse(field))
                }
            } else {
                guard let value = String(validating: field.value, as: UTF8.self) else { throw .notUTF8(field: name) }
                object[name] = .string(value)
            }
        }
        return object
    }

    /// A name for a message; what is not UTF-8 in it shows as U+FFFD.
    private static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
