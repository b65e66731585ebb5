import JSON

/// The rule of 500 characters, measured on the JSON text of each key and value with its quotes: the strictest reading.
struct LengthRule {
    let unit: LengthUnit
    let maximum: Int

    /// Whether every key and every value, at any depth, is short enough.
    func holds(for value: JSONValue) -> Bool {
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
        case 0x22, 0x5C, 0x08, 0x09, 0x0A, 0x0C, 0x0D: 2
        case 0..<0x20: 6
        default:
            switch unit {
            case .utf16: UTF16.width(scalar)
            case .utf8: UTF8.width(scalar)
            case .scalars: 1
            }
        }
    }
}
