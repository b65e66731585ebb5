import JSON

/// Files that go with a mail: checked here, since Loops would refuse them again at each attempt.
enum Attachments {
    /// What Loops takes with one mail, in bytes of base64 text (its limit is 4 MB for the whole request).
    static let bytesMax = 4_000_000

    /// - Returns: a list, also of a single file that a mapping gives without one.
    static func coerce(_ value: JSONValue, of field: ActionField) -> Result<JSONValue, FieldError> {
        let path = "/\(field.name)"
        let files: [JSONValue]
        switch value {
        case .array(let elements): files = elements
        case .object: files = [value]
        default: return .failure(FieldError(path: path, keyword: .type, params: ["type": "array"]))
        }
        var bytes = 0
        for (index, file) in files.enumerated() {
            let place = "\(path)/\(index)"
            guard case .object(let file) = file else {
                return .failure(FieldError(path: place, keyword: .type, params: ["type": "object"]))
            }
            for name in ["filename", "contentType", "data"] {
                guard let member = file[name] else {
                    return .failure(
                        FieldError(path: place, keyword: .required, params: ["missingProperty": .string(name)])
                    )
                }
                guard case .string(let text) = member, !text.isEmpty else {
                    return .failure(FieldError(path: "\(place)/\(name)", keyword: .type, params: ["type": "string"]))
                }
                if name == "data" {
                    guard isBase64(text) else {
                        return .failure(
                            FieldError(path: "\(place)/data", keyword: .format, params: ["format": "base64"])
                        )
                    }
                    bytes += text.utf8.count
                }
            }
        }
        guard bytes <= bytesMax else {
            return .failure(FieldError(path: path, keyword: .maxLength, params: ["limit": .int(Int64(bytesMax))]))
        }
        return .success(.array(files))
    }

    /// RFC 4648, section 4: the standard alphabet, whole groups of four, padded, and no line ends.
    static func isBase64(_ text: String) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count.isMultiple(of: 4) else { return false }
        let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
        if padding == 1, bytes.last != UInt8(ascii: "=") { return false }
        return bytes.dropLast(padding).allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
