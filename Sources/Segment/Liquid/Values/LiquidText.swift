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

    var trimmed: LiquidText { trimmedStart(while: LiquidUnit.isSpace).trimmedEnd(while: LiquidUnit.isSpace) }

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
            if LiquidUnit.isSpace(unit) {
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
            let isSpace = LiquidUnit.isSpace(unit)
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
