/// Base64 as Node's `Buffer` writes and reads it.
enum LiquidBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf16)

    static func encode(_ text: LiquidText) -> LiquidText {
        var result = LiquidText()
        var rest = Array(text.string.utf8)[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                result.units.append(isPadding ? LiquidUnit.equal : alphabet[bits >> (18 - 6 * place) & 63])
            }
            rest = rest.dropFirst(3)
        }
        return result
    }

    /// Both alphabets are read, other characters are skipped, `=` ends the text; bytes that are no UTF-8 become U+FFFD. Node
    /// looks at the low byte of a character only, so that some beyond ASCII count.
    static func decode(_ text: LiquidText) -> LiquidText {
        var bytes: [UInt8] = []
        var bits = 0
        var count = 0
        for unit in text.units {
            if unit == LiquidUnit.equal { break }
            guard let value = value(of: unit & 0xFF) else { continue }
            bits = (bits << 6 | value) & 0xFFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return LiquidText(String(decoding: bytes, as: UTF8.self))
    }

    private static func value(of unit: UInt16) -> Int? {
        switch unit {
        case 0x41...0x5A: Int(unit) - 0x41
        case 0x61...0x7A: Int(unit) - 0x61 + 26
        case 0x30...0x39: Int(unit) - 0x30 + 52
        case LiquidUnit.plus, LiquidUnit.minus: 62
        case LiquidUnit.slash, 0x5F: 63
        default: nil
        }
    }
}
