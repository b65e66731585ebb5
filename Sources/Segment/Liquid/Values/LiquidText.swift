import JavaScript

/// Text as JavaScript has it: UTF-16 units, which may hold half a surrogate pair.
///
/// `slice` and `split` cut between units, so halves have to survive until they are joined again.
struct LiquidText: Hashable, Sendable {
    var units: [UInt16]

    init(units: [UInt16] = []) {
        self.units = units
    }

    init(_ units: some Sequence<UInt16>) {
        self.units = Array(units)
    }

    init(_ string: String) {
        self.units = Array(string.utf16)
    }

    /// The text; a lone half of a surrogate pair becomes U+FFFD.
    var string: String { String(decoding: units, as: UTF16.self) }

    var count: Int { units.count }

    var isEmpty: Bool { units.isEmpty }

    /// By UTF-16 units, as JavaScript's `<` on strings.
    func precedes(_ other: LiquidText) -> Bool { units.lexicographicallyPrecedes(other.units) }
}

extension LiquidText {
    func trimmedStart(while matches: (UInt16) -> Bool) -> LiquidText {
        LiquidText(units.drop(while: matches))
    }

    func trimmedEnd(while matches: (UInt16) -> Bool) -> LiquidText {
        let end = units.lastIndex { !matches($0) }.map { $0 + 1 } ?? 0
        return LiquidText(units[..<end])
    }

    var trimmed: LiquidText { trimmedStart(while: CodeUnit.isSpace).trimmedEnd(while: CodeUnit.isSpace) }

    /// JavaScript's `substring`: bounds in any order, out of range and NaN are tolerated.
    func substring(_ start: Double, _ end: Double) -> LiquidText {
        let first = Self.clamp(start, count)
        let second = Self.clamp(end, count)
        return LiquidText(units[min(first, second)..<max(first, second)])
    }

    /// JavaScript's `split(/\s+/)`: a blank start or end gives an empty part.
    func splitAtSpaces() -> [LiquidText] {
        var parts: [LiquidText] = []
        var part = LiquidText()
        var inSpace = false
        for unit in units {
            if CodeUnit.isSpace(unit) {
                if !inSpace { parts.append(part) }
                part = LiquidText()
                inSpace = true
            } else {
                part.units.append(unit)
                inSpace = false
            }
        }
        parts.append(part)
        return parts
    }

    /// Runs of JavaScript white space become one space.
    func collapsingSpaces() -> LiquidText {
        var result = LiquidText()
        var inSpace = false
        for unit in units {
            let isSpace = CodeUnit.isSpace(unit)
            if !isSpace {
                result.units.append(unit)
            } else if !inSpace {
                result.units.append(0x20)
            }
            inSpace = isSpace
        }
        return result
    }

    private static func clamp(_ bound: Double, _ count: Int) -> Int {
        guard bound > 0 else { return 0 }
        return bound >= Double(count) ? count : Int(bound)
    }
}

/// Classes of UTF-16 units, as liquidjs' character table and JavaScript's `\s` have them.
enum LiquidUnit {
    static let newline: UInt16 = 0x0A
    static let quote: UInt16 = 0x22
    static let hash: UInt16 = 0x23
    static let percent: UInt16 = 0x25
    static let apostrophe: UInt16 = 0x27
    static let openParenthesis: UInt16 = 0x28
    static let closeParenthesis: UInt16 = 0x29
    static let plus: UInt16 = 0x2B
    static let comma: UInt16 = 0x2C
    static let minus: UInt16 = 0x2D
    static let dot: UInt16 = 0x2E
    static let slash: UInt16 = 0x2F
    static let zero: UInt16 = 0x30
    static let colon: UInt16 = 0x3A
    static let equal: UInt16 = 0x3D
    static let openBracket: UInt16 = 0x5B
    static let backslash: UInt16 = 0x5C
    static let closeBracket: UInt16 = 0x5D
    static let bar: UInt16 = 0x7C

    /// Blank between tokens and trimmed by `{%-`. U+FEFF is not among them, U+180E is.
    static func isBlank(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x09...0x0D, 0x20, 0xA0, 0x1680, 0x180E, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Part of a name: letters, digits, `_`, `-`, `?` and everything beyond ASCII but blanks and curly quotes.
    static func isWord(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x3F: true
        case 0x201C, 0x201D: false
        default: unit >= 128 && !isBlank(unit)
        }
    }

    static func isQuote(_ unit: UInt16) -> Bool { unit == quote || unit == apostrophe }

    static func isSign(_ unit: UInt16) -> Bool { unit == plus || unit == minus }

    static func isLineEnd(_ unit: UInt16) -> Bool {
        unit == 0x0A || unit == 0x0D || unit == 0x2028 || unit == 0x2029
    }

    /// The value of a hexadecimal digit.
    static func hexValue(_ unit: UInt16) -> UInt16? {
        switch unit {
        case 0x30...0x39: unit - 0x30
        case 0x41...0x46: unit - 0x37
        case 0x61...0x66: unit - 0x57
        default: nil
        }
    }
}
