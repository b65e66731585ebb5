import JSON

/// The rule of 500 characters. By default each key and text is measured as JSON text with its quotes.
struct LengthRule {
    private let unit: LengthUnit
    private let maximum: Int
    private let measure: LengthMeasure

    init(_ configuration: ValidationConfiguration) {
        unit = configuration.lengthUnit
        maximum = configuration.lengthMaximum
        measure = configuration.lengthMeasure
    }

    /// Whether everything in a body is short enough.
    func holds(for body: JSONObject) -> Bool {
        guard measure == .member else { return holds(for: .object(body)) }
        return body.allSatisfy { key, value in
            fits(key) && length(value.serialized()) <= maximum
        }
    }

    private func length(_ bytes: [UInt8]) -> Int {
        switch unit {
        case .utf8: bytes.count
        case .utf16: String(decoding: bytes, as: UTF8.self).utf16.count
        case .scalars: String(decoding: bytes, as: UTF8.self).unicodeScalars.count
        }
    }

    /// Whether every key and every value, at any depth, is short enough.
    private func holds(for value: JSONValue) -> Bool {
        switch value {
        case .string(let text): fits(text)
        case .array(let elements): elements.allSatisfy(holds)
        case .object(let object): object.allSatisfy { fits($0.key) && holds(for: $0.value) }
        case .null, .bool, .int, .uint, .double: true
        }
    }

    private func fits(_ text: String) -> Bool {
        // Six units are the most that one unit can become, so most texts need no look at their characters.
        if text.utf8.count * 6 + 2 <= maximum { return true }
        var length = 2
        for scalar in text.unicodeScalars {
            length += width(scalar)
            if length > maximum { return false }
        }
        return true
    }

    private func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case _ where measure == .eachPlain: plainWidth(scalar)
        case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: 2
        case 0..<0x20: 6
        default: plainWidth(scalar)
        }
    }

    private func plainWidth(_ scalar: Unicode.Scalar) -> Int {
        switch unit {
        case .utf16: UTF16.width(scalar)
        case .utf8: UTF8.width(scalar)
        case .scalars: 1
        }
    }
}
