/// One pattern of `@replace` and what comes in its place, in UTF-16 units as JavaScript has them.
struct Replacement: Sendable {
    /// Segment's limits, in UTF-16 units.
    static let patternLengthMax = 10
    static let replacementLengthMax = 10

    private let pattern: [UInt16]
    private let replacement: [UInt16]
    private let ignoresCase: Bool
    private let isGlobal: Bool

    init(pattern: String, replacement: String, ignoresCase: Bool, isGlobal: Bool) {
        self.pattern = pattern.utf16.map { ignoresCase ? Self.folded($0) : $0 }
        self.replacement = Array(replacement.utf16)
        self.ignoresCase = ignoresCase
        self.isGlobal = isGlobal
    }

    /// - Throws: ``ResultTooLong``
    func apply(to text: String) throws(ResultTooLong) -> String {
        let units = Array(text.utf16)
        var result: [UInt16] = []
        var copied = 0
        var at = 0
        while at + pattern.count <= units.count {
            guard isFound(in: units, at: at) else {
                at += 1
                continue
            }
            let end = at + pattern.count
            result += units[copied..<at]
            append(to: &result, match: at..<end, of: units)
            try ResultTooLong.check(result.count)
            copied = end
            at = end
            if !isGlobal { break }
        }
        guard copied > 0 else { return text }
        result += units[copied...]
        return String(decoding: result, as: UTF16.self)
    }

    private func isFound(in units: [UInt16], at start: Int) -> Bool {
        for (offset, unit) in pattern.enumerated() {
            let own = units[start + offset]
            guard own == unit || (ignoresCase && Self.folded(own) == unit) else { return false }
        }
        return true
    }

    /// ECMA-262, GetSubstitution: `$$`, `$&`, `` $` `` and `$'`. There are no groups, so `$1` stays as it is.
    private func append(to result: inout [UInt16], match: Range<Int>, of units: [UInt16]) {
        let dollar = UInt16(UInt8(ascii: "$"))
        var at = 0
        while at < replacement.count {
            let unit = replacement[at]
            guard unit == dollar, at + 1 < replacement.count else {
                result.append(unit)
                at += 1
                continue
            }
            switch replacement[at + 1] {
            case dollar: result.append(dollar)
            case UInt16(UInt8(ascii: "&")): result += units[match]
            case UInt16(UInt8(ascii: "`")): result += units[..<match.lowerBound]
            case UInt16(UInt8(ascii: "'")): result += units[match.upperBound...]
            default:
                result.append(dollar)
                at += 1
                continue
            }
            at += 2
        }
    }

    /// ECMA-262, Canonicalize, for expressions that ignore case and have no `u` flag: single units in upper case, and
    /// nothing beyond ASCII becomes ASCII.
    private static func folded(_ unit: UInt16) -> UInt16 {
        if unit < 0x80 { return (0x61...0x7a).contains(unit) ? unit - 0x20 : unit }
        guard let scalar = Unicode.Scalar(unit) else { return unit }
        let upper = scalar.properties.uppercaseMapping.utf16
        guard upper.count == 1, let folded = upper.first, folded >= 0x80 else { return unit }
        return folded
    }
}
