import Crypto

/// Filters that escape text or take escapes back: HTML, URLs, base64, slugs.
enum LiquidEncodingFilters {
    static func apply(_ filter: LiquidFilter, to input: LiquidFilterInput) throws(LiquidFault) -> LiquidText {
        let text = input.text
        return switch filter {
        case .base64Decode: LiquidBase64.decode(text)
        case .base64Encode: LiquidBase64.encode(text)
        case .cgiEscape:
            try LiquidPercentEncoding.encode(text, keeping: LiquidPercentEncoding.formSafe, spaceAsPlus: true)
        case .escape, .xmlEscape: LiquidHTML.escape(text)
        case .escapeOnce: LiquidHTML.escape(LiquidHTML.unescape(text))
        case .hmacSHA256: LiquidHash.hmacSHA256(text, key: input.text(0))
        case .sha256: LiquidHash.sha256(text)
        case .slugify: LiquidSlug.make(input)
        case .stripHTML: LiquidHTML.strip(text)
        case .uriEscape: try LiquidPercentEncoding.encode(text, keeping: LiquidPercentEncoding.addressSafe)
        case .urlDecode: try LiquidPercentEncoding.decode(text)
        case .urlEncode:
            try LiquidPercentEncoding.encode(text, keeping: LiquidPercentEncoding.componentSafe, spaceAsPlus: true)
        default: text
        }
    }
}

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

/// Hashes of a text's UTF-8, in hexadecimal digits.
enum LiquidHash {
    static func sha256(_ text: LiquidText) -> LiquidText {
        hexadecimal(SHA256.hash(data: Array(text.string.utf8)))
    }

    static func hmacSHA256(_ text: LiquidText, key: LiquidText) -> LiquidText {
        let key = SymmetricKey(data: Array(key.string.utf8))
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.string.utf8), using: key))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> LiquidText {
        LiquidText(bytes.flatMap { byte in [digits[Int(byte >> 4)], digits[Int(byte & 15)]] })
    }

    private static let digits = Array("0123456789abcdef".utf16)
}
