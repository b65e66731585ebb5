/// JavaScript's `Number(text)`.
package enum JavaScriptNumber {
    package static func parse(_ text: String) -> Double {
        let trimmed = text.trimmedAsJavaScript
        guard !trimmed.isEmpty else { return 0 }
        if let radix = radix(of: trimmed) {
            let digits = trimmed.dropFirst(2)
            guard !digits.isEmpty else { return .nan }
            var number = 0.0
            for digit in digits {
                guard digit.isASCII, let value = digit.hexDigitValue, value < radix else { return .nan }
                number = number * Double(radix) + Double(value)
            }
            return number
        }
        switch trimmed {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        // Swift takes words and hexadecimal fractions, which JavaScript does not.
        let isDecimal = trimmed.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isDecimal else { return .nan }
        return Double(trimmed) ?? Double(trimmed.hasSuffix(".") ? trimmed + "0" : trimmed) ?? .nan
    }

    private static func radix(of text: String) -> Int? {
        switch text.prefix(2) {
        case "0x", "0X": 16
        case "0o", "0O": 8
        case "0b", "0B": 2
        default: nil
        }
    }
}

extension String {
    /// JavaScript's `trim()`: white space and line ends of ECMAScript, among them U+FEFF.
    package var trimmedAsJavaScript: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.isJavaScriptSpace { scalars.removeFirst() }
        while let last = scalars.last, last.isJavaScriptSpace { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension Unicode.Scalar {
    /// White space and line ends of ECMAScript: `\s` of its expressions.
    package var isJavaScriptSpace: Bool {
        switch value {
        case 0x09...0x0d, 0x20, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff: true
        default: false
        }
    }
}
