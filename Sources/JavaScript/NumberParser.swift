/// JavaScript's `Number(text)`: blank is 0, `0x`, `0o` and `0b` are read, anything odd is not a number.
package enum NumberParser {
    /// - Returns: NaN for what is no number.
    package static func parse(_ text: String) -> Double {
        let trimmed = text.trimmedAsJavaScript
        if trimmed.isEmpty { return 0 }
        switch trimmed {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        let bytes = Array(trimmed.utf8)
        if bytes.count > 2, bytes[0] == UInt8(ascii: "0"), let bits = bits(bytes[1]) {
            return integer(bytes.dropFirst(2), bits: bits)
        }
        // `Double.init` alone would also take `nan` and hexadecimal fractions.
        return isDecimal(bytes) ? Double(trimmed) ?? .nan : .nan
    }

    /// How many bits a digit has behind this letter.
    private static func bits(_ letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): 4
        case UInt8(ascii: "o"), UInt8(ascii: "O"): 3
        case UInt8(ascii: "b"), UInt8(ascii: "B"): 1
        default: nil
        }
    }

    /// Rounded once, at the end: of the digits behind the first sixty bits it only counts whether all are 0.
    private static func integer(_ digits: ArraySlice<UInt8>, bits: Int) -> Double {
        var value: UInt64 = 0
        var exponent = 0
        for digit in digits {
            guard let number = Character(Unicode.Scalar(digit)).hexDigitValue, number < 1 << bits else { return .nan }
            if value < 1 << 59 {
                value = value << bits | UInt64(number)
            } else {
                exponent += bits
                if number > 0 { value |= 1 }
            }
        }
        return Double(sign: .plus, exponent: exponent, significand: Double(value))
    }

    /// Sign, digits, dot, digits, exponent; digits on one side of the dot at least.
    private static func isDecimal(_ text: [UInt8]) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { CodeUnit.isDigit(UInt16(byte)) }
        var rest = text[...]
        func skipSign() { if let byte = rest.first, "+-".utf8.contains(byte) { rest.removeFirst() } }
        func takeDigits() -> Int {
            let digits = rest.prefix(while: isDigit).count
            rest.removeFirst(digits)
            return digits
        }
        skipSign()
        var digits = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            digits += takeDigits()
        }
        guard digits > 0 else { return false }
        guard let letter = rest.first else { return true }
        guard "eE".utf8.contains(letter) else { return false }
        rest.removeFirst()
        skipSign()
        return takeDigits() > 0 && rest.isEmpty
    }
}
