/// JavaScript's `encodeURIComponent`, `encodeURI` and `decodeURIComponent`.
enum LiquidPercentEncoding {
    private static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    static let formSafe = Set((alphanumerics + "-_.~").utf16)
    static let componentSafe = Set((alphanumerics + "-_.~!*'()").utf16)
    static let addressSafe = Set((alphanumerics + "-_.~!*'();/?:@&=+$,#[]").utf16)
    private static let digits = Array("0123456789ABCDEF".utf16)

    static func encode(
        _ text: LiquidText,
        keeping safe: Set<UInt16>,
        spaceAsPlus: Bool = false
    ) throws(LiquidFault) -> LiquidText {
        var result = LiquidText()
        for scalar in text.scalars {
            guard let scalar else {
                throw LiquidFault(cause: .badValue, reason: "half a surrogate pair cannot be encoded")
            }
            if let unit = UInt16(exactly: scalar.value), safe.contains(unit) {
                result.units.append(unit)
            } else if spaceAsPlus, scalar == " " {
                result.units.append(LiquidUnit.plus)
            } else {
                for byte in String(scalar).utf8 {
                    result.units += [LiquidUnit.percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
        }
        return result
    }

    /// Plus signs become spaces only after decoding, so `%2B` does too, as in liquidjs.
    static func decode(_ text: LiquidText) throws(LiquidFault) -> LiquidText {
        var result = LiquidText()
        var bytes: [UInt8] = []
        var rest = text.units[...]
        while let unit = rest.first {
            if unit == LiquidUnit.percent {
                bytes.append(try byte(rest.dropFirst().prefix(2)))
                rest = rest.dropFirst(3)
                continue
            }
            result.units += try characters(&bytes)
            result.units.append(unit)
            rest = rest.dropFirst()
        }
        result.units += try characters(&bytes)
        return LiquidText(result.units.map { $0 == LiquidUnit.plus ? 0x20 : $0 })
    }

    private static func byte(_ units: ArraySlice<UInt16>) throws(LiquidFault) -> UInt8 {
        let values = units.compactMap { LiquidUnit.hexValue($0) }
        guard values.count == 2 else {
            throw LiquidFault(cause: .badValue, reason: "the text has a % without two hexadecimal digits behind it")
        }
        return UInt8(values[0] << 4 | values[1])
    }

    private static func characters(_ bytes: inout [UInt8]) throws(LiquidFault) -> [UInt16] {
        defer { bytes = [] }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw LiquidFault(cause: .badValue, reason: "the percent-encoded bytes are no UTF-8")
        }
        return Array(string.utf16)
    }
}
