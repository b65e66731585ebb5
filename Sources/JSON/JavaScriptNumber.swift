extension JSONValue {
    /// The text of a number as JavaScript's `Number.prototype.toString()` writes it (ECMA-262, Number::toString).
    ///
    /// The shortest digits that read back as the same number; plain notation for 1e-6 ≤ |number| < 1e21.
    /// `-0` is `0`; `NaN`, `Infinity` and `-Infinity` are those words.
    package static func javaScriptText(_ number: Double) -> String {
        var bytes: [UInt8] = []
        appendJavaScriptText(of: number, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text that JavaScript would print for this number, or nil when it is not one.
    ///
    /// Integers go through `Double` as in JavaScript: 9007199254740993 is `9007199254740992`.
    package var javaScriptNumberText: String? {
        doubleValue.map(Self.javaScriptText)
    }

    static func appendJavaScriptText(of number: Double, to bytes: inout [UInt8]) {
        guard number.isFinite else {
            bytes.append(contentsOf: (number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity").utf8)
            return
        }
        if let integer = Int64(ifWhole: number), integer.magnitude <= 1 << 53 {
            return append(integer, to: &bytes)
        }
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let (digits, point) = shortestDigits(of: number.magnitude)
        appendDecimal(digits, point: point, to: &bytes)
    }

    /// The decimal digits of an integer.
    static func append(_ integer: some FixedWidthInteger, to bytes: inout [UInt8]) {
        if integer < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = UInt64(integer.magnitude)
        repeat {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Digits without leading or trailing zeros, and where the decimal point stands: the number is 0.DIGITS × 10^point.
    ///
    /// Swift's `description` gives the shortest digits that read back, nearest to the number, as ECMA-262 asks; only
    /// its notation differs.
    private static func shortestDigits(of number: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        digits.reserveCapacity(24)
        var integerDigits: Int?
        var exponent = 0
        var isExponentNegative = false
        var isInExponent = false
        for byte in number.description.utf8 {
            switch byte {
            case UInt8(ascii: "."): integerDigits = digits.count
            case UInt8(ascii: "e"): isInExponent = true
            case UInt8(ascii: "-"): isExponentNegative = true
            case UInt8(ascii: "+"): break
            default:
                if isInExponent {
                    exponent = exponent * 10 + Int(byte &- UInt8(ascii: "0"))
                } else {
                    digits.append(byte)
                }
            }
        }
        var point = (integerDigits ?? digits.count) + (isExponentNegative ? -exponent : exponent)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let leadingZeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leadingZeros)
        point -= leadingZeros
        return (digits, point)
    }

    /// ECMA-262, Number::toString, steps 6 to 12, with k = `digits.count` and n = `point`.
    private static func appendDecimal(_ digits: [UInt8], point: Int, to bytes: inout [UInt8]) {
        let zero = UInt8(ascii: "0")
        let dot = UInt8(ascii: ".")
        switch point {
        case digits.count...21 where digits.count <= 21:
            bytes.append(contentsOf: digits)
            bytes.append(contentsOf: repeatElement(zero, count: point - digits.count))
        case 1...21:
            bytes.append(contentsOf: digits[..<point])
            bytes.append(dot)
            bytes.append(contentsOf: digits[point...])
        case -5...0:
            bytes.append(zero)
            bytes.append(dot)
            bytes.append(contentsOf: repeatElement(zero, count: -point))
            bytes.append(contentsOf: digits)
        default:
            bytes.append(contentsOf: digits.prefix(1))
            if digits.count > 1 {
                bytes.append(dot)
                bytes.append(contentsOf: digits.dropFirst())
            }
            bytes.append(UInt8(ascii: "e"))
            bytes.append(point > 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
            append((point - 1).magnitude, to: &bytes)
        }
    }
}

extension Int64 {
    /// `Int64(exactly:)` without its call of libm's `trunc`, which a target that imports no C library cannot link.
    init?(ifWhole number: Double) {
        guard number >= -0x1p63, number < 0x1p63 else { return nil }
        let candidate = Int64(number)
        guard Double(candidate) == number else { return nil }
        self = candidate
    }
}
