/// A piece of a template: plain text, an output `{{ }}`, or a tag `{% %}`.
struct LiquidToken {
    enum Kind: Equatable {
        case text
        case output
        /// A tag's name; its arguments are the content.
        case tag(String)
    }

    let kind: Kind
    /// The whole piece with its delimiters.
    let range: Range<Int>
    /// What stands between the delimiters, blanks at both ends removed; for a tag what follows its name.
    let content: Range<Int>
    let trimsBefore: Bool
    let trimsAfter: Bool
    /// How much of a text the tags around it trim away.
    var cutAtStart = 0
    var cutAtEnd = 0

    static func text(_ range: Range<Int>) -> LiquidToken {
        LiquidToken(kind: .text, range: range, content: range, trimsBefore: false, trimsAfter: false)
    }

    /// What is left of a text after trimming.
    var kept: Range<Int> {
        let start = range.lowerBound + cutAtStart
        return start..<max(start, range.upperBound - cutAtEnd)
    }

    func isTag(_ name: String) -> Bool { kind == .tag(name) }
}

/// The escapes of a quoted text, which are JavaScript's of old: `\n`, `\u00e9`, octal `\101`, and `\x` for any other `x`.
enum LiquidStringLiteral {
    static func content(of units: ArraySlice<UInt16>) -> LiquidText {
        var result = LiquidText()
        var rest = units
        while let unit = rest.popFirst() {
            guard unit == LiquidUnit.backslash, let escape = rest.first else {
                result.units.append(unit)
                continue
            }
            if let octal = number(in: rest, radix: 8, atMost: 3) {
                rest = rest.dropFirst(octal.length)
                result.units.append(octal.value)
            } else if escape == UInt16(ascii: "u") {
                let hexadecimal = number(in: rest.dropFirst(), radix: 16, atMost: 4)
                rest = rest.dropFirst(1 + (hexadecimal?.length ?? 0))
                result.units.append(hexadecimal?.value ?? 0)
            } else {
                rest = rest.dropFirst()
                result.units.append(controls[escape] ?? escape)
            }
        }
        return result
    }

    private static let controls: [UInt16: UInt16] = [
        UInt16(ascii: "b"): 0x08, UInt16(ascii: "f"): 0x0C, UInt16(ascii: "n"): 0x0A,
        UInt16(ascii: "r"): 0x0D, UInt16(ascii: "t"): 0x09, UInt16(ascii: "v"): 0x0B,
    ]

    private static func number(
        in units: ArraySlice<UInt16>,
        radix: UInt16,
        atMost digits: Int
    ) -> (value: UInt16, length: Int)? {
        let values = units.prefix(digits).map { LiquidUnit.hexValue($0) }.prefix { ($0 ?? radix) < radix }
        guard !values.isEmpty else { return nil }
        return (values.reduce(0) { $0 &* radix &+ ($1 ?? 0) }, values.count)
    }
}

extension UInt16 {
    fileprivate init(ascii scalar: Unicode.Scalar) {
        self = UInt16(truncatingIfNeeded: scalar.value)
    }
}
